// Reads hostile addresses of styles, applies what can be read, and writes it again.

import Imaging
import S3Protocol
import StyleAddresses

private let signer = StyleSigner([.init(key: [1], salt: [2])])
private let choice = AcceptedFormats([.avif, .webp])

/// Entry of libFuzzer: the input is an address without its signature, one with it, and an Accept header.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStyleAddress(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    precondition((try? signer.verified(input)) == nil, "nobody guesses a signature")
    _ = choice.choice(String(decoding: input, as: UTF8.self))
    guard let address = try? StyleAddress(path: input) else { return 0 }
    precondition((try? StyleAddress(path: Array(address.path.utf8))) == address, "writing it changes nothing")
    precondition((try? signer.verified(Array(signer.signed(address.path).utf8))) != nil, "what is signed is right")
    let early = Timestamp(seconds: 0)
    let request = try? StyleRequest(address, .init(styles: StyleSpec.defaults, now: early))
    guard let request else { return 0 }
    precondition(request.source == address.source, "options change no source")
    precondition((try? request.style(as: .webp)) != nil, "a style that could be made can be made in every format")
    precondition(request.expires.map { early < $0 } ?? true, "expired is expired")
    return 0
}
