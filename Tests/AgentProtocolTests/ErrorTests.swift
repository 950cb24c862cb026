import AgentProtocol
import Domain
import JSON
import Testing

@Suite("errors as JSON")
struct ErrorTests {
    @Test("each code goes out by its number and comes back", arguments: ErrorCode.all)
    func codes(code: ErrorCode) throws {
        let error = EralinkError(
            code, "what failed", details: [.init("limit", .integer(3)), .init("unit", "utf16"), .init("none", nil)])
        let json = try JSONValue(parsing: JSONWriter.bytes(of: error))
        #expect(json["code"]?.int64 == Int64(code.rpc))
        #expect(json["data"]?["code"]?.string == code.name)
        #expect(EralinkError(json: json) == error)
    }

    @Test("a problem has the same members beside those of RFC 9457")
    func problem() throws {
        let error = EralinkError(.notFound, "there is no interaction \"x\"")
        #expect(
            text(error.problem())
                == #"{"type":"urn:eralink:error:not_found","title":"not found","status":404,"detail":"there is no interaction \"x\"","#
                + #""code":-32003,"message":"there is no interaction \"x\"","data":{"code":"not_found","retryable":false,"details":{}}}"#
        )
        #expect(try JSONValue(parsing: EralinkError(.methodNotFound, "m").problem(status: 405))["status"]?.int64 == 405)
        #expect(EralinkError(json: try JSONValue(parsing: error.problem())) == error)
    }

    @Test("what is no error is none, and an unknown name falls back on the number")
    func strange() throws {
        #expect(EralinkError(json: .null) == nil)
        #expect(EralinkError(json: try JSONValue(parsing: #"{"code":1}"#)) == nil)
        let later = try JSONValue(
            parsing: #"{"code":-32004,"message":"m","data":{"code":"newer","details":{"o":{"a":1}}}}"#)
        #expect(EralinkError(json: later) == EralinkError(.conflict, "m", details: [.init("o", #"{"a":1}"#)]))
    }
}
