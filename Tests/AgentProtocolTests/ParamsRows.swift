typealias ParamsRow = (call: (String, String), expected: Outcome)

/// Calls with one thing of interest each, and what comes of it.
enum ParamsRows {
    static func send(_ rest: String) -> (String, String) {
        ("message.send", #"{"interaction":"7","msg_id":"m1",\#(rest)}"#)
    }
    static func keyboard(_ keyboard: String) -> (String, String) {
        send(#""kind":"text","text":{"text":"a"},"keyboard":\#(keyboard)"#)
    }
    static func button(_ button: String) -> (String, String) { keyboard(#"{"type":"inline","rows":[[\#(button)]]}"#) }
    static func entity(_ entity: String) -> (String, String) {
        send(#""kind":"text","text":{"text":"a😀b","entities":[\#(entity)]}"#)
    }
    static func start(_ rest: String) -> (String, String) { ("interaction.start", #"{"account":"support",\#(rest)}"#) }
    static func list(_ member: String) -> (String, String) { ("interactions.list", "{\(member)}") }
    static func long(_ count: Int) -> String { String(repeating: "a", count: count) }

    static let sends: [ParamsRow] = [
        (send(#""kind":"text","text":{"text":" \n\t\u200b\ufeff"}"#), .invalid("text.text")),
        (send(#""kind":"text","text":{"text":"."}"#), .ok),
        (send(#""kind":"text","text":{"text":"a","bold":true}"#), .invalid("text.bold")),
        (send(#""kind":"text","text":{"text":"a","entities":null}"#), .invalid("text.entities")),
        (send(#""kind":"text","text":"a""#), .invalid("text")),
        (send(#""kind":"text","image":{"file":"1"}"#), .invalid("text")),
        (send(#""kind":"text","text":{"text":"a"},"image":{"file":"1"}"#), .invalid("image")),
        (send(#""kind":"poll","poll":{}"#), .invalid("kind")),
        (send(#""kind":"callback","callback":{"id":"1","data":"x"}"#), .invalid("kind")),
        (send(#""kind":"system","system":{"text":"a","event":"b"}"#), .invalid("kind")),
        (send(#""kind":"unsupported","unsupported":{"provider_type":"a","raw":"b"}"#), .invalid("kind")),
        (send(#""kind":"image","image":{"file":"12","caption":"Вот","name":"p.jpg","width":800,"height":600}"#), .ok),
        (send(#""kind":"sticker","sticker":{"file":"12"}"#), .ok),
        (send(#""kind":"voice","voice":{"file":"12","duration":3}"#), .ok),
        (send(#""kind":"image","image":{}"#), .invalid("image.file")),
        (send(#""kind":"image","image":{"file":12}"#), .invalid("image.file")),
        (send(#""kind":"image","image":{"file":"x"}"#), .notFound),
        (send(#""kind":"image","image":{"file":"12","caption":""}"#), .invalid("image.caption")),
        (send(#""kind":"image","image":{"file":"12","mime":"image/png"}"#), .invalid("image.mime")),
        (send(#""kind":"contact","contact":{"name":"A","phone":"+79001234567"}"#), .ok),
        (send(#""kind":"contact","contact":{"name":"A","phone":"89001234567"}"#), .invalid("contact.phone")),
        (send(#""kind":"contact","contact":{"name":" ","phone":"+79001234567"}"#), .invalid("contact.name")),
        (send(#""kind":"contact","contact":{"name":"A","phone":"+79001234567","own":true}"#), .invalid("contact.own")),
        (send(#""kind":"location","location":{"latitude":-90,"longitude":180.0,"title":"t","address":"a"}"#), .ok),
        (send(#""kind":"location","location":{"latitude":90.1,"longitude":0}"#), .invalid("location.latitude")),
        (send(#""kind":"location","location":{"latitude":0,"longitude":-181}"#), .invalid("location.longitude")),
        (send(#""kind":"location","location":{"latitude":0,"longitude":1e999}"#), .invalid("location.longitude")),
        (send(#""kind":"location","location":{"latitude":"0","longitude":0}"#), .invalid("location.latitude")),
        (send(#""kind":"template","template":{"name":"n","language":"ru","params":["a",""]}"#), .ok),
        (
            send(#""kind":"template","template":{"name":"n","language":"ru","params":["a",1]}"#),
            .invalid("template.params[1]")
        ),
        (send(#""kind":"template","template":{"name":"n","language":"ru"}"#), .invalid("template.params")),
        (send(#""kind":"text","text":{"text":"a"},"adapt":"loose""#), .invalid("adapt")),
        (send(#""kind":"text","text":{"text":"a"},"group":"""#), .invalid("group")),
        (send(#""kind":"text","text":{"text":"a"},"reply_to":"nine""#), .notFound),
        (send(#""kind":"text","text":{"text":"a"},"reply_to":"""#), .invalid("reply_to")),
        (send(#""kind":"text","text":{"text":"a"},"reply_to":"nine","x":1"#), .invalid("x")),
        (send(#""kind":"text","text":{"text":"a","text":"b"}"#), .invalid("text.text")),
    ]

    static let entities: [ParamsRow] = [
        (entity(#"{"kind":"bold","offset":0,"length":4}"#), .ok),
        (entity(#"{"type":"italic","offset":1,"length":2}"#), .ok),
        (entity(#"{"kind":"blink","offset":0,"length":1}"#), .invalid("text.entities[0].kind")),
        (entity(#"{"offset":0,"length":1}"#), .invalid("text.entities[0].kind")),
        (entity(#"{"kind":"bold","type":"bold","offset":0,"length":1}"#), .invalid("text.entities[0].kind")),
        (entity(#"{"kind":"bold","offset":0,"length":5}"#), .invalid("text.entities[0].length")),
        (entity(#"{"kind":"bold","offset":4,"length":1}"#), .invalid("text.entities[0].offset")),
        (entity(#"{"kind":"bold","offset":-1,"length":1}"#), .invalid("text.entities[0].offset")),
        (entity(#"{"kind":"bold","offset":0,"length":0}"#), .invalid("text.entities[0].length")),
        (entity(#"{"kind":"bold","offset":0,"length":9223372036854775807}"#), .invalid("text.entities[0].length")),
        (entity(#"{"kind":"bold","offset":2,"length":1}"#), .invalid("text.entities[0].offset")),
        (entity(#"{"kind":"bold","offset":0,"length":2}"#), .invalid("text.entities[0].length")),
        (
            entity(#"{"kind":"bold","offset":0,"length":1},{"kind":"code","offset":0.5,"length":1}"#),
            .invalid("text.entities[1].offset")
        ),
        (entity(#"{"kind":"link","offset":0,"length":1,"url":"https://example.com/a?b#c"}"#), .ok),
        (
            entity(#"{"kind":"link","offset":0,"length":1,"url":"javascript:alert(1)"}"#),
            .invalid("text.entities[0].url")
        ),
        (entity(#"{"kind":"link","offset":0,"length":1,"url":"example.com"}"#), .invalid("text.entities[0].url")),
        (
            entity(#"{"kind":"bold","offset":0,"length":1,"url":"https://example.com"}"#),
            .invalid("text.entities[0].url")
        ),
        (entity(#"{"kind":"bold","offset":0,"length":1,"x":1}"#), .invalid("text.entities[0].x")),
    ]

    static let keyboards: [ParamsRow] = [
        (keyboard(#"{"type":"remove"}"#), .ok), (keyboard(#"{"type":"remove","rows":[]}"#), .ok),
        (keyboard(#"{"type":"remove","rows":[[{"text":"a","kind":"text"}]]}"#), .invalid("keyboard.rows")),
        (
            keyboard(
                #"{"type":"reply","rows":[[{"text":"a","kind":"text"}],[{"text":"p","kind":"phone"},{"text":"l","kind":"location"}]]}"#
            ), .ok
        ),
        (keyboard(#"{"type":"menu","rows":[[{"text":"a","kind":"text"}]]}"#), .invalid("keyboard.type")),
        (keyboard(#"{"rows":[[{"text":"a","kind":"text"}]]}"#), .invalid("keyboard.type")),
        (keyboard(#"{"type":"inline"}"#), .invalid("keyboard.rows")),
        (keyboard(#"{"type":"inline","rows":[]}"#), .invalid("keyboard.rows")),
        (keyboard(#"{"type":"inline","rows":[[]]}"#), .invalid("keyboard.rows[0]")),
        (keyboard(#"{"type":"inline","rows":[{}]}"#), .invalid("keyboard.rows[0]")),
        (keyboard(#"{"type":"inline","rows":[[1]]}"#), .invalid("keyboard.rows[0][0]")),
        (keyboard("null"), .invalid("keyboard")),
        (button(#"{"text":"a","kind":"callback","data":"d"}"#), .ok),
        (button(#"{"text":"a","kind":"text","data":"d"}"#), .ok),
        (button(#"{"text":"a","kind":"callback"}"#), .invalid("keyboard.rows[0][0].data")),
        (button(#"{"text":"a","kind":"callback","data":""}"#), .invalid("keyboard.rows[0][0].data")),
        (button(#"{"text":"a","kind":"url","url":"tel:+79001234567"}"#), .ok),
        (button(#"{"text":"a","kind":"url"}"#), .invalid("keyboard.rows[0][0].url")),
        (button(#"{"text":"a","kind":"url","url":"ftp://example.com"}"#), .invalid("keyboard.rows[0][0].url")),
        (
            button(#"{"text":"a","kind":"callback","data":"d","url":"https://example.com"}"#),
            .invalid("keyboard.rows[0][0].url")
        ),
        (button(#"{"text":"a","kind":"phone","data":"d"}"#), .invalid("keyboard.rows[0][0].data")),
        (button(#"{"text":" ","kind":"text"}"#), .invalid("keyboard.rows[0][0].text")),
        (button(#"{"text":"a","kind":"pay"}"#), .invalid("keyboard.rows[0][0].kind")),
        (button(#"{"text":"a"}"#), .invalid("keyboard.rows[0][0].kind")),
        (button(#"{"text":"a","kind":"text","color":"red"}"#), .invalid("keyboard.rows[0][0].color")),
        (button(#"{"text":"a","kind":"text","size":1}"#), .invalid("keyboard.rows[0][0].size")),
    ]

    static let names: [ParamsRow] = [
        (("interaction.get", #"{"interaction":"0"}"#), .notFound),
        (("interaction.get", #"{"interaction":"-1"}"#), .notFound),
        (("interaction.get", #"{"interaction":"007"}"#), .notFound),
        (("interaction.get", #"{"interaction":"9223372036854775808"}"#), .notFound),
        (("interaction.get", #"{"interaction":"../x"}"#), .notFound),
        (("interaction.get", #"{"interaction":7}"#), .invalid("interaction")),
        (("interaction.get", #"{"interaction":""}"#), .invalid("interaction")),
        (("interaction.get", #"{"interaction":"\#(long(65))"}"#), .invalid("interaction")),
        (("interaction.get", #"{"interaction":"x","y":1}"#), .invalid("y")),
        (("message.retry", #"{"message":"x"}"#), .notFound), (("customer.get", #"{"customer":"x"}"#), .notFound),
        (("file.link", #"{"file":"x"}"#), .notFound), (("capabilities.get", #"{"account":"no name"}"#), .notFound),
        (("watch.start", #"{"interactions":["7","x"]}"#), .notFound),
        (("watch.start", #"{"interactions":["7",8]}"#), .invalid("interactions[1]")),
        (("watch.start", #"{"agents":[""]}"#), .invalid("agents[0]")),
        (("watch.start", #"{"accounts":"support"}"#), .invalid("accounts")),
        (("session.hello", #"{"watch":{"accounts":["a"],"x":[]}}"#), .invalid("watch.x")),
        (("session.hello", #"{"watch":[]}"#), .invalid("watch")),
        (("session.hello", #"{"token":""}"#), .invalid("token")),
        (("session.hello", #"{"exclusive":"yes"}"#), .invalid("exclusive")),
        (("message.forward", #"{"message":"1","to_interaction":"2","msg_id":"a b"}"#), .invalid("msg_id")),
        (("message.forward", #"{"message":"1","to_interaction":"2","msg_id":"ж"}"#), .invalid("msg_id")),
        (("message.forward", #"{"message":"1","to_interaction":"2","msg_id":"\#(long(65))"}"#), .invalid("msg_id")),
        (("message.forward", #"{"message":"1","to_interaction":"2","msg_id":"\#(long(64))"}"#), .ok),
        (("message.forward", #"{"message":"1","to_interaction":"2","msg_id":"A.z_0:9-"}"#), .ok),
        (("message.forward", #"{"message":"1","to_interaction":"2","msg_id":"a;"}"#), .invalid("msg_id")),
        (("message.forward", #"{"message":"1","to_interaction":"2","msg_id":"a/"}"#), .invalid("msg_id")),
        (("interaction.release", #"{"interaction":"7","version":1,"to":"bob"}"#), .invalid("to")),
        (("interaction.close", #"{"interaction":"7","version":1,"note":" "}"#), .invalid("note")),
        (("interaction.transfer", #"{"interaction":"7","version":1}"#), .invalid("to")),
        (("interaction.accept", #"{"interaction":"7","version":-1}"#), .invalid("version")),
        (("interaction.accept", #"{"interaction":"7","version":1.5}"#), .invalid("version")),
        (("interaction.accept", #"{"interaction":"7","version":"1"}"#), .invalid("version")),
        (("interaction.accept", #"{"interaction":"7","version":9223372036854775808}"#), .invalid("version")),
        (start(#""to":{"external_id":"42"}"#), .ok), (start(#""to":{"external_id":""}"#), .invalid("to.external_id")),
        (start(#""to":{"external_id":42}"#), .invalid("to.external_id")),
        (start(#""to":{}"#), .invalid("to.external_id")),
        (start(#""to":{"external_id":"4","phone":"+79001234567"}"#), .invalid("to.phone")),
        (start(#""to":{"phone":"+0900123456"}"#), .invalid("to.phone")),
        (start(#""to":{"phone":"+7900"}"#), .invalid("to.phone")),
        (start(#""to":{"phone":"+7900 123 45 67"}"#), .invalid("to.phone")),
        (start(#""to":{"external_id":"4"},"content":{"kind":"text","text":{"text":"a"}}"#), .invalid("msg_id")),
        (
            start(#""to":{"external_id":"4"},"msg_id":"m","content":{"kind":"text","text":{"text":""}}"#),
            .invalid("content.text.text")
        ),
        (
            start(
                #""to":{"external_id":"4"},"msg_id":"m","content":{"kind":"text","text":{"text":"a"},"reply_to":"1"}"#),
            .invalid("content.reply_to")
        ),
        (start(#""to":{"external_id":"4"},"take":null"#), .invalid("take")),
    ]

    static let figures: [ParamsRow] = [
        (list(#""limit":0"#), .invalid("limit")), (list(#""limit":1"#), .ok), (list(#""limit":200"#), .ok),
        (list(#""limit":201"#), .invalid("limit")),
        (list(#""limit":-5"#), .invalid("limit")), (list(#""limit":1.5"#), .invalid("limit")),
        (list(#""limit":"50""#), .invalid("limit")),
        (list(#""limit":1e99"#), .invalid("limit")), (list(#""from":"2026-01-31""#), .invalid("from")),
        (list(#""from":"yesterday""#), .invalid("from")),
        (list(#""from":1769853600"#), .invalid("from")), (list(#""from":"2026-02-30T10:00:00Z""#), .invalid("from")),
        (list(#""from":"2026-01-31T10:00:00""#), .invalid("from")),
        (list(#""to":"2026-01-31T10:00:00.123456789+05:30""#), .ok),
        (list(#""state":"open""#), .invalid("state")), (list(#""query":"  ""#), .invalid("query")),
        (list(#""account":"x y""#), .notFound),
        (list(#""page":"abc""#), .invalid("page")), (list(#""page":"""#), .invalid("page")),
        (list(#""page":"\#(long(300))""#), .invalid("page")),
        (("messages.list", #"{"interaction":"7"}"#), .ok),
        (("messages.list", #"{"interaction":"7","after_seq":0}"#), .ok),
        (("messages.list", #"{"interaction":"7","after_seq":-1}"#), .invalid("after_seq")),
        (("messages.list", #"{"interaction":"7","after_seq":1,"before_seq":5}"#), .invalid("after_seq")),
        (("messages.list", #"{"interaction":"7","limit":201}"#), .invalid("limit")),
        (("file.link", #"{"file":"7","ttl_s":59}"#), .invalid("ttl_s")),
        (("file.link", #"{"file":"7","ttl_s":86400}"#), .ok),
        (("file.link", #"{"file":"7","ttl_s":86401}"#), .invalid("ttl_s")), (("file.link", #"{"file":"7"}"#), .ok),
        (("callback.answer", #"{"callback":"c","text":"\#(long(200))"}"#), .ok),
        (("callback.answer", #"{"callback":"c","text":"\#(long(201))"}"#), .invalid("text")),
        (("callback.answer", #"{"callback":"c","text":""}"#), .invalid("text")),
        (("callback.answer", #"{"callback":""}"#), .invalid("callback")),
        (("presence.set", #"{"state":"busy"}"#), .invalid("state")),
        (("read.mark", #"{"interaction":"7","seq":-1}"#), .invalid("seq")),
        (("session.ack", #"{"cursor":"e1-5"}"#), .ok), (("session.ack", #"{"cursor":"last"}"#), .invalid("cursor")),
        (("session.ack", #"{"cursor":"E1-5"}"#), .invalid("cursor")),
        (("session.ack", #"{"cursor":"e1-05"}"#), .invalid("cursor")),
        (("session.ack", #"{"cursor":"-5"}"#), .invalid("cursor")),
        (("session.ack", #"{"cursor":5}"#), .invalid("cursor")),
        (("session.hello", #"{"cursor":"at:2026-01-31T10:00:00Z"}"#), .ok),
        (("session.hello", #"{"cursor":"at:2026-01-31"}"#), .invalid("cursor")),
        (("session.hello", #"{"cursor":"at:"}"#), .invalid("cursor")),
        (("session.hello", #"{"cursor":"first"}"#), .invalid("cursor")),
        (("customer.update", #"{"customer":"7","attributes":{"a":1}}"#), .invalid("attributes.a")),
        (("customer.update", #"{"customer":"7","attributes":{"":"a"}}"#), .invalid("attributes")),
        (("customer.update", #"{"customer":"7","attributes":{"a":"\#(long(4095))"}}"#), .ok),
        (("customer.update", #"{"customer":"7","attributes":{"a":"\#(long(4096))"}}"#), .invalid("attributes")),
        (
            (
                "customer.update",
                #"{"customer":"7","attributes":{\#((0..<64).map { "\"k\($0)\":\"\"" }.joined(separator: ","))}}"#
            ), .ok
        ),
        (
            (
                "customer.update",
                #"{"customer":"7","attributes":{\#((0..<65).map { "\"k\($0)\":\"\"" }.joined(separator: ","))}}"#
            ), .invalid("attributes")
        ),
        (("customer.update", #"{"customer":"7","name":" "}"#), .invalid("name")),
        (("customer.update", #"{"customer":"7"}"#), .ok),
        (("message.edit", #"{"message":"1","caption":"Вот"}"#), .ok),
        (("message.edit", #"{"message":"1"}"#), .invalid("text")),
        (("message.edit", #"{"message":"1","caption":"a","text":{"text":"a"}}"#), .invalid("caption")),
        (("message.edit", #"{"message":"1","text":"a"}"#), .invalid("text")),
        (("message.edit", #"{"message":"1","caption":" "}"#), .invalid("caption")),
        (("agents.list", #"{"account":"support"}"#), .invalid("account")),
    ]
}
