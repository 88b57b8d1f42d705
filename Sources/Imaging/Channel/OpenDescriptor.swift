internal import CLinux
internal import Glibc

/// An open file; closed when nobody holds it any more.
package final class OpenDescriptor: Sendable {
    /// The number, valid as long as this object lives.
    package let rawValue: Int32

    /// Takes over an open descriptor.
    package init(adopting descriptor: Int32) {
        rawValue = descriptor
    }

    /// A second descriptor for the same open file, which the caller goes on owning.
    ///
    /// - Throws: `ImagingError` with `system`.
    package init(duplicating descriptor: Int32) throws {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw ImagingError.system("fcntl", errno: errno) }
        rawValue = copy
    }

    deinit {
        close(rawValue)
    }

    /// An empty file that has no name and lives in memory.
    ///
    /// - Throws: `ImagingError` with `system`.
    package static func inMemory() throws -> OpenDescriptor {
        let descriptor = clinux_memory_file("larder-picture")
        guard descriptor >= 0 else { throw ImagingError.system("memfd_create", errno: errno) }
        return OpenDescriptor(adopting: descriptor)
    }

    /// A file opened for reading.
    ///
    /// - Throws: `ImagingError` with `system`.
    package static func reading(path: String) throws -> OpenDescriptor {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ImagingError.system("open \(path)", errno: errno) }
        return OpenDescriptor(adopting: descriptor)
    }
}

extension OpenDescriptor {
    /// The first `count` bytes, or fewer at the end of the file; blocks.
    ///
    /// - Throws: `ImagingError` with `system`.
    package func read(count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(rawValue, $0.baseAddress?.advanced(by: filled), count - filled, filled)
            }
            guard got >= 0 else {
                if errno == EINTR { continue }
                throw ImagingError.system("pread", errno: errno)
            }
            guard got > 0 else { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Makes these bytes the whole content; blocks.
    ///
    /// - Throws: `ImagingError` with `system`.
    package func replaceContent(with bytes: UnsafeRawBufferPointer) throws {
        var written = 0
        while written < bytes.count {
            let done = pwrite(rawValue, bytes.baseAddress?.advanced(by: written), bytes.count - written, written)
            guard done >= 0 else {
                if errno == EINTR { continue }
                throw ImagingError.system("pwrite", errno: errno)
            }
            written += done
        }
        guard ftruncate(rawValue, bytes.count) == 0 else { throw ImagingError.system("ftruncate", errno: errno) }
    }
}
