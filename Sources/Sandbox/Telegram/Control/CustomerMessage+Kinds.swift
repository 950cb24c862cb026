import JSON

/// What customers send beside texts.
extension CustomerMessage {
    package static func file(
        _ file: CustomerFile, caption: String? = nil, captionEntities: JSONValue? = nil, album: String? = nil
    ) -> CustomerMessage {
        var message = CustomerMessage()
        message.file = file
        if let album { message.add("media_group_id") { $0.element(album) } }
        if let caption { message.add("caption") { $0.element(caption) } }
        if let captionEntities { message.add("caption_entities") { $0.element(captionEntities) } }
        return message
    }

    /// - Parameter user: whose number it is; the sender's own id where the button for it was pressed.
    package static func contact(
        _ phone: String, firstName: String, lastName: String? = nil, user: Int64? = nil, replyTo: Int? = nil
    ) -> CustomerMessage {
        var message = CustomerMessage(replyTo: replyTo)
        message.add("contact") { writer in
            writer.object { writer in
                writer.member("phone_number", phone)
                writer.member("first_name", firstName)
                writer.optional("last_name", lastName)
                writer.optional("user_id", user)
            }
        }
        return message
    }

    /// - Parameter live: seconds for which it is shared; an edit without it ends the sharing.
    package static func location(_ latitude: Double, _ longitude: Double, live: Int? = nil) -> CustomerMessage {
        var message = CustomerMessage()
        message.add("location") { writer in Self.write(latitude, longitude, live, to: &writer) }
        return message
    }

    package static func venue(
        _ latitude: Double, _ longitude: Double, title: String, address: String
    ) -> CustomerMessage {
        var message = CustomerMessage.location(latitude, longitude)
        message.add("venue") { writer in
            writer.object { writer in
                var location = JSONWriter()
                Self.write(latitude, longitude, nil, to: &location)
                writer.rawMember("location", location.bytes)
                writer.member("title", title)
                writer.member("address", address)
            }
        }
        return message
    }

    /// The same message, forwarded from somebody who does not show who he is.
    package func forwarded(from name: String, at date: Int64 = 1_700_000_000) -> CustomerMessage {
        var message = self
        message.add("forward_origin") { writer in
            writer.object { writer in
                writer.member("type", "hidden_user")
                writer.member("date", date)
                writer.member("sender_user_name", name)
            }
        }
        message.add("forward_sender_name") { $0.element(name) }
        message.add("forward_date") { $0.element(date) }
        return message
    }

    /// The same message, with the piece marked that it answers.
    package func quoting(_ text: String, position: Int = 0) -> CustomerMessage {
        var message = self
        message.add("quote") { writer in
            writer.object { writer in
                writer.member("text", text)
                writer.member("position", position)
                writer.member("is_manual", true)
            }
        }
        return message
    }

    private mutating func add(_ name: String, _ write: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        write(&writer)
        members.append((name, writer.bytes))
    }

    private static func write(_ latitude: Double, _ longitude: Double, _ live: Int?, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("latitude", latitude)
            writer.member("longitude", longitude)
            writer.optional("live_period", live)
        }
    }
}
