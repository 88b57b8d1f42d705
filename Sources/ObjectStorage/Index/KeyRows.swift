/// All rows of one key.
struct KeyRows: Sendable, Equatable {
    /// That of the current version; nil when there is none.
    var current: IndexRow?
    /// Those of noncurrent versions and delete markers, the newest first.
    var versions: [IndexRow] = []
}
