import NIOCore
import NIOHTTP1

/// A request that arrived whole: whom it is for, and its parameters.
struct SimulatorRequest {
    private let path: String
    private let parameters: RequestParameters

    init(_ head: HTTPRequestHead, body: ByteBuffer?) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let raw = parts.first ?? ""
        path =
            raw.utf8.contains(UInt8(ascii: "%"))
            ? String(decoding: FormBody.decoded(raw.utf8, plusIsSpace: false), as: UTF8.self) : String(raw)
        parameters = RequestParameters(
            query: parts.count == 2 ? parts[1] : nil, contentType: head.headers.first(name: "content-type"),
            body: body.map { Array($0.readableBytesView) } ?? [])
    }

    func receive(in world: TelegramWorld, _ call: UInt64) {
        if let rest = path.removing("/file/bot"), let slash = rest.firstIndex(of: "/") {
            world.receiveFile(call, token: rest[..<slash], path: String(rest[rest.index(after: slash)...]))
        } else if path.hasPrefix("/bot") {
            let rest = path.dropFirst("/bot".count)
            guard let slash = rest.firstIndex(of: "/") else {
                return world.answer(call, TelegramFailure(404, "").answer)
            }
            var method = rest[rest.index(after: slash)...]
            if method.hasPrefix("test/") { method = method.dropFirst("test/".count) }
            world.receive(call, token: rest[..<slash], method: method, parameters: parameters)
        } else if path.hasPrefix("/control/") {
            world.receiveControl(call, String(path.dropFirst("/control/".count)), parameters)
        } else {
            world.answer(call, TelegramFailure(404, "").answer)
        }
    }
}
