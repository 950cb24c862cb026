import JSON
import Terminal
import Testing

@testable import Commands

@Suite("A message of any kind as one line")
struct MessageLineTests {
    @Test(
        "every kind",
        arguments: [
            (#"{"direction":"in","kind":"text","text":{"text":"Привет"}}"#, "← Привет"),
            (#"{"direction":"out","agent":"anna","kind":"text","text":{"text":"hi"}}"#, "→ anna: hi"),
            (#"{"direction":"system","kind":"system","system":{"text":"note","event":"note"}}"#, "· note"),
            (
                #"{"direction":"in","kind":"image","image":{"file":"7","name":"p.jpg","size":48211,"file_state":"ready","caption":"Вот"}}"#,
                "← [image, p.jpg, 48 KB] Вот"
            ),
            (
                #"{"direction":"in","kind":"video","video":{"file":"7","size":31000000,"duration":12,"file_state":"failed"}}"#,
                "← [video, 31 MB, 12 s, failed]"
            ),
            (
                #"{"direction":"in","kind":"image","image":{"file":"7","name":"p.jpg"},"group":"g1"}"#,
                "← (album) [image, p.jpg]"
            ),
            (#"{"direction":"in","kind":"audio","audio":{"file":"7","size":999}}"#, "← [audio, 999 B]"),
            (
                #"{"direction":"in","kind":"voice","voice":{"file":"7","duration":3,"file_state":"pending"}}"#,
                "← [voice, 3 s, pending]"
            ),
            (
                #"{"direction":"in","kind":"document","document":{"file":"7","name":"a.pdf","size":1400000}}"#,
                "← [document, a.pdf, 1.4 MB]"
            ),
            (#"{"direction":"in","kind":"sticker","sticker":{"file":"7"}}"#, "← [sticker]"),
            (#"{"direction":"in","kind":"animation","animation":{"file":"7"}}"#, "← [animation]"),
            (
                #"{"direction":"in","kind":"contact","contact":{"name":"Иван","phone":"+79990001122","own":true}}"#,
                "← [contact: Иван, +79990001122, own]"
            ),
            (
                #"{"direction":"in","kind":"location","location":{"latitude":55.75,"longitude":37.61,"title":"Кремль"}}"#,
                "← [location: 55.75 37.61, Кремль]"
            ),
            (
                #"{"direction":"in","kind":"location","location":{"latitude":1,"longitude":2,"live":true}}"#,
                "← [live location: 1 2]"
            ),
            (
                #"{"direction":"out","agent":"a","kind":"template","template":{"name":"parcel","language":"ru","params":["7","x"]}}"#,
                "→ a: [template parcel ru: 7, x]"
            ),
            (#"{"direction":"in","kind":"callback","callback":{"id":"1","data":"yes"}}"#, "← [pressed yes]"),
            (
                #"{"direction":"in","kind":"unsupported","unsupported":{"provider_type":"dice","raw":"{}"}}"#,
                "← [unsupported: dice]"
            ),
            (#"{"direction":"in","kind":"hologram","hologram":{}}"#, "← [hologram]"),
            (
                #"{"direction":"in","kind":"text","text":{"text":"да"},"reply_to":{"id":"1","preview":"Пришло?"},"edited_at":"x"}"#,
                "← (answers \"Пришло?\") да (edited)"
            ),
            (
                #"{"direction":"in","kind":"text","text":{"text":"x"},"forwarded_from":{"name":"Olga","external_id":null,"at":null}}"#,
                "← (forwarded from Olga) x"
            ),
            (
                #"{"direction":"in","kind":"text","text":{"text":"/start"},"start_payload":"ad7"}"#,
                "← (start: ad7) /start"
            ),
            (#"{"direction":"in","kind":"text","text":{"text":"x"},"deleted_at":"t"}"#, "← (deleted) x"),
            (
                #"{"direction":"out","agent":"a","kind":"text","text":{"text":"?"},"keyboard":{"type":"inline","rows":[[{"text":"Да"},{"text":"Нет"}],[{"text":"Позже"}]]}}"#,
                "→ a: ? [Да | Нет / Позже]"
            ),
            (
                #"{"direction":"out","agent":"a","kind":"text","text":{"text":"?"},"keyboard":{"type":"remove","rows":[]}}"#,
                "→ a: ? [keyboard removed]"
            ),
        ])
    func kinds(json: String, line: String) throws {
        #expect(MessageLine(try JSONValue(parsing: json)).line.text == line)
    }

    @Test("colours are by direction and state, and a customer's text cannot bring its own")
    func colours() throws {
        let json = try JSONValue(parsing: #"{"direction":"in","kind":"text","text":{"text":"\u001b[31mred"}}"#)
        var output = Output.forTests
        output.style = Style(isEnabled: true)
        #expect(output.shown(MessageLine(json).line) == "\u{1B}[32m← \u{1B}[0m\\u{1B}[31mred")
        #expect(MessageLine.colour(ofState: "failed") == .red && MessageLine.colour(ofState: "read") == .green)
    }
}

extension Output {
    fileprivate static var forTests: Output {
        Output(standardOutput: OutputStream(capacity: 0) { _ in }, standardError: OutputStream(capacity: 0) { _ in })
    }
}
