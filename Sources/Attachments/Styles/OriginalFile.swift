import Imaging
import NIOCore
import ObjectStorage

/// The content of an object as a file that can be handed to another process.
enum OriginalFile {
    /// A descriptor of a regular file with the content; small contents are copied into an unnamed one.
    static func descriptor(of content: OpenObject.Content) throws -> OpenDescriptor {
        switch content {
        case .file(let file): return try OpenDescriptor(duplicating: file.fileDescriptor)
        case .bytes(let buffer):
            let copy = try OpenDescriptor.inMemory()
            try buffer.withUnsafeReadableBytes { try copy.replaceContent(with: $0) }
            return copy
        }
    }
}
