/// When a request in header form was signed: `x-amz-date`, else `Date`.
struct RequestDate {
    /// The header's text.
    let text: String
    /// The moment it names.
    let date: Timestamp

    /// Reads the date; nil when there is none or it cannot be read.
    ///
    /// `x-amz-date` wins even when it is bad, as the strings to sign of both versions are made from it.
    init?(_ headers: HeaderList) {
        guard let sent = headers["x-amz-date"] ?? headers["Date"] else { return nil }
        text = ByteText.trimmed(sent)
        guard let date = Timestamp(basicISO8601: text) ?? Timestamp(httpDate: text) else { return nil }
        self.date = date
    }
}
