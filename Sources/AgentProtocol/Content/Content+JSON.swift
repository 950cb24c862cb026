import Domain
import JSON

extension Content: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .text(let text): text.write(to: &writer)
        case .media(_, let media): media.write(to: &writer)
        case .contact(let contact): contact.write(to: &writer)
        case .location(let location): location.write(to: &writer)
        case .template(let template): template.write(to: &writer)
        case .callback(let callback): callback.write(to: &writer)
        case .system(let system):
            writer.objectValue {
                $0.member("text", system.text)
                $0.member("event", system.event)
            }
        case .unsupported(let unsupported):
            writer.objectValue {
                $0.member("provider_type", unsupported.providerType)
                $0.member("raw", RawText.fitting(unsupported.raw))
            }
        }
    }
}

extension TextContent: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("text", text)
            if !entities.isEmpty { $0.member("entities", entities) }
        }
    }
}

extension TextEntity: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("kind", kind)
            $0.member("offset", offset)
            $0.member("length", length)
            $0.optional("url", url)
        }
    }
}

extension MediaContent: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("file", file)
            $0.optional("mime", mime)
            $0.optional("size", size)
            $0.optional("file_state", state)
            $0.optional("name", name)
            $0.optional("caption", caption)
            $0.optional("width", width)
            $0.optional("height", height)
            $0.optional("duration", duration)
        }
    }
}

extension ContactContent: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("name", name)
            $0.member("phone", phone)
            $0.optional("own", own)
        }
    }
}

extension LocationContent: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("latitude", latitude)
            $0.member("longitude", longitude)
            $0.optional("title", title)
            $0.optional("address", address)
            $0.optional("live", live)
        }
    }
}

extension TemplateContent: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("name", name)
            $0.member("language", language)
            $0.member("params", params)
        }
    }
}

extension CallbackContent: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("id", id)
            $0.member("data", data)
            $0.optional("message", message)
        }
    }
}
