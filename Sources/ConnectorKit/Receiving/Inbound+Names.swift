import Domain

extension Inbound {
    /// With a file's name as an agent may keep it: it is shown before the file is there.
    var withPlainNames: Inbound {
        var item = self
        switch event {
        case .message(let message): item.event = .message(message.withPlainNames)
        case .edit(let message): item.event = .edit(message.withPlainNames)
        case .blocked, .status, .reaction, .profile, .file: break
        }
        return item
    }
}

extension IncomingMessage {
    fileprivate var withPlainNames: IncomingMessage {
        var message = self
        message.file?.name = file?.name.flatMap(FileName.announced)
        if case .media(let kind, var media) = content {
            media.name = media.name.flatMap(FileName.announced)
            message.content = .media(kind, media)
        }
        return message
    }
}
