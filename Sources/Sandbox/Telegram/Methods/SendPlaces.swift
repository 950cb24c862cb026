import JSON

/// Contacts, locations and venues.
extension TelegramWorld {
    func sendContact(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let parameters = call.parameters
        for name in ["phone_number", "first_name"] where !parameters.has(name) {
            throw .bad("parameter \"\(name)\" is required")
        }
        guard parameters["vcard"].utf8.count <= 2048 else { throw .bad("vCard is too long") }
        let contact = JSONWriter.object { writer in
            writer.member("phone_number", parameters["phone_number"])
            writer.member("first_name", parameters["first_name"])
            for name in ["last_name", "vcard"] where parameters.has(name) { writer.member(name, parameters[name]) }
        }
        return try send(call, [ChatMessage.Member("contact", contact)])
    }

    func sendLocation(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let location = try readLocation(call)
        return try send(call, [ChatMessage.Member("location", location)])
    }

    func sendVenue(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let location = try readLocation(call)
        let parameters = call.parameters
        for name in ["title", "address"] where !parameters.has(name) {
            throw .bad("parameter \"\(name)\" is required")
        }
        let venue = JSONWriter.object { writer in
            writer.rawMember("location", location)
            writer.member("title", parameters["title"])
            writer.member("address", parameters["address"])
        }
        return try send(call, [ChatMessage.Member("location", location), ChatMessage.Member("venue", venue)])
    }

    private func readLocation(_ call: TelegramCall) throws(TelegramFailure) -> [UInt8] {
        let parameters = call.parameters
        for name in ["latitude", "longitude"] where !parameters.has(name) { throw .bad("\(name) is empty") }
        guard let latitude = Double(parameters["latitude"]), (-90...90).contains(latitude) else {
            throw .bad("wrong latitude specified")
        }
        guard let longitude = Double(parameters["longitude"]), (-180...180).contains(longitude) else {
            throw .bad("wrong longitude specified")
        }
        let period = parameters.integer("live_period")
        if period != 0, !(60...86_400).contains(period), period != Int(Int32.max) {
            throw .bad("wrong live location period specified")
        }
        return JSONWriter.object { writer in
            writer.member("latitude", latitude)
            writer.member("longitude", longitude)
            if period != 0 { writer.member("live_period", period) }
        }
    }

    private func send(
        _ call: TelegramCall, _ content: [ChatMessage.Member]
    ) throws(TelegramFailure) -> TelegramOutcome {
        let options = try readSendOptions(call)
        let chat = try prepareSend(call, options)
        if let problem = options.markup?.deferredFailure { throw problem }
        if chat.isClosed { throw refusal(call, chat) }
        try pass(call, chat)
        return .result(send(call, to: chat, text: "", content: content, options))
    }
}
