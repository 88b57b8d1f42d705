internal import Glibc

/// A program of the system, and what it needs besides its own file (elf(5)).
struct ELFProgram {
    /// The file of the program, and the loader that it names.
    let files: [String]

    /// Where libraries are.
    static let libraries = [
        "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/etc/ld.so.cache",
    ]

    init(path: String) {
        files = [path] + (Self.loader(of: path).map { [$0] } ?? [])
    }

    /// The path in the PT_INTERP segment of a 64-bit file; nil when it loads nothing.
    private static func loader(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var header = Elf64_Ehdr()
        guard pread(file, &header, MemoryLayout<Elf64_Ehdr>.size, 0) == MemoryLayout<Elf64_Ehdr>.size else {
            return nil
        }
        for index in 0..<Int(header.e_phnum) {
            var segment = Elf64_Phdr()
            let place = Int(header.e_phoff) + index * Int(header.e_phentsize)
            guard pread(file, &segment, MemoryLayout<Elf64_Phdr>.size, place) == MemoryLayout<Elf64_Phdr>.size else {
                return nil
            }
            guard segment.p_type == PT_INTERP else { continue }
            var text = [UInt8](repeating: 0, count: min(Int(segment.p_filesz), 4096))
            let length = pread(file, &text, text.count, Int(segment.p_offset))
            return String(decoding: text.prefix(max(0, length)).prefix { $0 != 0 }, as: UTF8.self)
        }
        return nil
    }
}
