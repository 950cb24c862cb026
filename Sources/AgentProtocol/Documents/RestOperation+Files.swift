extension RestOperation {
    private static let accountPath = Parameter(name: "account", place: .path, schema: .account, isRequired: true)
    private static let filePath = Parameter(name: "file", place: .path, schema: .id("the file"), isRequired: true)
    private static let signature = [
        Parameter(name: "exp", place: .query, schema: .count("Of a signed link: when it ends."), isRequired: false),
        Parameter(name: "sig", place: .query, schema: .string("Of a signed link."), isRequired: false),
    ]
    private static let conditions = [
        Parameter(
            name: "Range", place: .header, schema: .string("One range; several are answered with the whole."),
            isRequired: false),
        Parameter(name: "If-None-Match", place: .header, schema: .string("`ETag` of an answer."), isRequired: false),
    ]
    private static let providerPath = [
        accountPath, filePath,
        Parameter(name: "signature", place: .path, schema: .string("`{exp}.{sig}`"), isRequired: true),
        Parameter(name: "name", place: .path, schema: .string("The file's name with its extension."), isRequired: true),
    ]

    static let files: [RestOperation] =
        [
            upload, makeLink,
            download(.get, "downloadFile"), download(.head, "headFile"),
            provider(.get, "downloadForProvider"), provider(.head, "headForProvider"), webhook,
        ] + [Method.get, .head].map(webhookProbe)

    private static let upload = RestOperation(
        service: .files, method: .post, path: "/files/{account}", id: "uploadFile",
        text:
            "Stores a file for sends over the account. Streamed; one that is not sent lives for a day. The sniffed type wins "
            + "over the declared.",
        parameters: [
            accountPath,
            Parameter(
                name: "name", place: .query,
                schema: .string("Its name for the customer; sanitised, at most 255 bytes."),
                isRequired: false),
        ],
        body: Body(type: "application/octet-stream"),
        answers: [
            Answer(
                status: 201, text: "Stored.", body: Body(type: "application/json", schema: Schemas.file.reference),
                headers: [("Location", .string())])
        ] + .usual(token: true, 404, 413, 415))

    private static let makeLink = RestOperation(
        service: .files, method: .post, path: "/files/{account}/{file}/link", id: "makeLink",
        text: AgentMethod.fileLink.text, parameters: [accountPath, filePath],
        body: Body(type: "application/json", schema: linkBody, isRequired: false),
        answers: [.json("The link.", AgentMethod.fileLink.result)] + .usual(token: true, 404, 410))

    private static var linkBody: Schema {
        guard case .object(var object) = AgentMethod.fileLink.params.shape else { return Schema(.any) }
        object.members.removeAll { $0.name == "file" }
        return Schema(.object(object))
    }

    private static func download(_ method: Method, _ id: String) -> RestOperation {
        RestOperation(
            service: .files, method: method, path: "/files/{account}/{file}", id: id,
            text: "A file's bytes. One that is still on its way is waited for, up to 30 s.", access: .tokenOrSignature,
            parameters: [accountPath, filePath] + signature + conditions, answers: contents(method))
    }

    private static func provider(_ method: Method, _ id: String) -> RestOperation {
        RestOperation(
            service: .files, method: method, path: "/files/{account}/{file}/{signature}/{name}", id: id,
            text: "The same for messengers, which want a name with its extension in the path.", access: .anyone,
            parameters: providerPath + conditions, answers: contents(method))
    }

    private static func contents(_ method: Method) -> [Answer] {
        let body = method == .head ? nil : Body(type: "*/*")
        let headers = [
            ("ETag", Schema.string()), ("Content-Disposition", .string()), ("Accept-Ranges", .constant("bytes")),
        ]
        return [
            Answer(status: 200, text: "The file.", body: body, headers: headers),
            Answer(
                status: 206, text: "The range of it.", body: body,
                headers: headers + [("Content-Range", .string())]),
            Answer(status: 304, text: "Not changed.", headers: [("ETag", .string())]),
        ] + .usual(token: true, 404, 410, 416)
    }

    private static let webhookPath = [
        accountPath,
        Parameter(
            name: "secret", place: .path, schema: .string("Of `eralink account show`.", length: 1...Int.max),
            isRequired: true),
    ]

    private static let webhook = RestOperation(
        service: .files, method: .post, path: "/webhooks/{account}/{secret}", id: "receiveWebhook",
        text:
            "What the messenger calls; stored before it is answered. The messenger's own signature or credentials count.",
        access: .anyone, parameters: webhookPath, body: Body(type: "*/*"),
        answers: [Answer(status: 200, text: "Stored, or stored before.")]
            + .usual(token: false, 401, 404, 413))

    private static func webhookProbe(_ method: Method) -> RestOperation {
        RestOperation(
            service: .files, method: method, path: "/webhooks/{account}/{secret}", id: "\(method.rawValue)Webhook",
            text: "Whether the URL is reachable.", access: .anyone, parameters: webhookPath,
            answers: [
                Answer(
                    status: 200, text: "It is.",
                    body: method == .head ? nil : Body(type: "text/plain", schema: .string()))
            ]
                + .usual(token: false, 404))
    }
}
