import S3Protocol

/// The dates of certificates as OpenSSL writes them: pure.
enum CertificateDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The time that a text like `Jan  2 03:04:05 2030 GMT` is; nil for any other text.
    static func time(_ text: some StringProtocol) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 5, words[4] == "GMT", let month = months.firstIndex(of: String(words[0])),
            let day = Int(words[1])
        else { return nil }
        let number = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
        return Timestamp(iso8601: "\(words[3])-\(number(month + 1))-\(number(day))T\(words[2])Z")
    }
}
