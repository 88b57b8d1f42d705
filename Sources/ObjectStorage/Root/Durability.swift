/// Whether success waits for the disk.
package enum Durability: String, Sendable, Codable, CaseIterable {
    /// Success means that everything is on disk.
    case strict
    /// Success means that everything is in the kernel: kept when the server dies, lost when the power does.
    case relaxed
}
