/// The hours of the day in which objects are sent: pure.
package struct TransferHours: Sendable, Equatable {
    private static let day = 86_400
    private let begin: Int
    private let end: Int

    /// The hours of a text such as `22:00-06:00`, which may cross midnight; nil for any other text.
    package init?(_ text: String) {
        let sides = text.split(separator: "-", omittingEmptySubsequences: false)
        guard sides.count == 2, let begin = Self.second(sides[0]), let end = Self.second(sides[1]), begin != end else {
            return nil
        }
        (self.begin, self.end) = (begin, end)
    }

    private static func second(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { 48...57 ~= $0 } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour < 24 || hour == 24 && minute == 0
        else { return nil }
        return (hour * 60 + minute) * 60
    }

    /// The seconds until they begin, for a second of the day; 0 while they last.
    package func wait(atSecond second: Int) -> Int {
        let isWithin = begin < end ? begin..<end ~= second : second >= begin || second < end
        return isWithin ? 0 : (begin - second + Self.day) % Self.day
    }
}
