import Glibc

/// MinIO's own sample files, which lie outside of the repository and may be missing.
enum Samples {
    /// `../shared/data/minio` beside the repository.
    static let folder: String = {
        var names = #filePath.split(separator: "/").map(String.init)
        while let last = names.popLast(), last != "Tests" {}
        return "/" + names.dropLast().joined(separator: "/") + "/shared/data/minio"
    }()

    static let arePresent = access(folder + "/xl.meta", R_OK) == 0
    static let canUnpack = arePresent && access("/usr/bin/zstd", X_OK) == 0

    static func read(_ name: String) -> [UInt8] {
        guard let file = fopen(folder + "/" + name, "rb") else { return [] }
        defer { fclose(file) }
        return drain(file)
    }

    /// The content of a file that the command `zstd` unpacks.
    static func unpack(_ name: String) -> [UInt8] {
        guard let pipe = popen("/usr/bin/zstd --decompress --stdout --quiet '\(folder)/\(name)'", "r") else {
            return []
        }
        defer { pclose(pipe) }
        return drain(pipe)
    }

    private static func drain(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
