/// Changes of many rows, a bounded number in each transaction: requests wait for it.
enum Batches {
    /// How many rows one transaction changes.
    static let limit = 500

    /// Repeats a change of at most so many rows until it finds no more; gives how many it has changed.
    @discardableResult
    static func repeated(_ change: (_ limit: Int) async throws -> Int) async throws -> Int {
        var total = 0
        while true {
            let count = try await change(limit)
            total += count
            guard count == limit else { return total }
        }
    }
}
