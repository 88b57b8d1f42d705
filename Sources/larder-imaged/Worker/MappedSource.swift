internal import Glibc
internal import Imaging

/// The source in memory, by mapping: the offset of its descriptor is shared with the server and stays untouched.
struct MappedSource: ~Copyable {
    let bytes: UnsafeRawBufferPointer

    /// Maps a regular file of at most the allowed size.
    init(_ descriptor: OpenDescriptor, limits: ImagingLimits) throws(RenderFailure) {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw RenderFailure(.worker, "The source is not a regular file.")
        }
        let size = Int(status.st_size)
        guard size > 0 else { throw RenderFailure(.unsupported, "The file is empty.") }
        guard size <= limits.sourceBytes else {
            throw RenderFailure(.tooLarge, "The file has \(size) bytes; at most \(limits.sourceBytes) are rendered.")
        }
        let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0)
        guard let address, address != MAP_FAILED else {
            throw RenderFailure(.worker, "The source cannot be mapped: errno \(errno).")
        }
        bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }
}
