import Domain
import JSON

/// A valid call of the agent API: its params have been checked against the whole schema of v1.
package enum AgentRequest: Sendable, Equatable {
    case sessionHello(SessionHello)
    case sessionAck(SessionAck)
    case presenceSet(PresenceSet)
    case interactionsList(InteractionsList)
    case interactionGet(InteractionID)
    case interactionAccept(InteractionAccept)
    case interactionRelease(InteractionLeave)
    case interactionTransfer(InteractionTransfer)
    case interactionClose(InteractionLeave)
    case interactionStart(InteractionStart)
    case messageSend(MessageSend)
    case messageEdit(MessageEdit)
    case messageDelete(MessageID)
    case messageCancel(MessageID)
    case messageRetry(MessageID)
    case messageForward(MessageForward)
    case messagesList(MessagesList)
    case typingSet(TypingSet)
    case readMark(ReadMark)
    case customerGet(CustomerID)
    case customerAskPhone(CustomerAskPhone)
    case customerUpdate(CustomerUpdate)
    case callbackAnswer(CallbackAnswer)
    case capabilitiesGet(CapabilitiesGet)
    case fileLink(FileLink)
    case agentsList
    case watchStart(WatchFilter)
    case watchStop(WatchFilter)

    /// Throws `method_not_found`; `invalid_params` with the path of the member in `details.member`; `not_found` where an id
    /// names nothing because it is no id.
    package init(_ call: AgentCall) throws(EralinkError) {
        guard let method = AgentMethod(rawValue: call.method) else {
            throw EralinkError(
                .methodNotFound, "there is no such method", details: [.init("method", String(call.method.prefix(64)))])
        }
        if let defect = call.defect { throw defect }
        self = try Self.read(call.params) { try Self.read(method, &$0) }
    }

    /// Readers throw `EralinkError` only; closures cannot say so, hence the one conversion here.
    static func read<Request>(
        _ params: [JSONMember], _ body: (inout ParamsReader) throws -> Request
    ) throws(EralinkError) -> Request {
        do {
            var reader = ParamsReader(params)
            let request = try body(&reader)
            try reader.finish()
            return request
        } catch let error as EralinkError {
            throw error
        } catch {
            throw EralinkError(.internal, "the params could not be read")
        }
    }

    private static func read(_ method: AgentMethod, _ params: inout ParamsReader) throws -> AgentRequest {
        switch method {
        case .sessionHello: .sessionHello(try SessionHello(&params))
        case .sessionAck: .sessionAck(try SessionAck(&params))
        case .presenceSet: .presenceSet(try PresenceSet(&params))
        case .interactionsList: .interactionsList(try InteractionsList(&params))
        case .interactionGet: .interactionGet(try params.required("interaction") { try $0.id() })
        case .interactionAccept: .interactionAccept(try InteractionAccept(&params))
        case .interactionRelease: .interactionRelease(try InteractionLeave(&params))
        case .interactionTransfer: .interactionTransfer(try InteractionTransfer(&params))
        case .interactionClose: .interactionClose(try InteractionLeave(&params))
        case .interactionStart: .interactionStart(try InteractionStart(&params))
        case .messageSend: .messageSend(try MessageSend(&params))
        case .messageEdit: .messageEdit(try MessageEdit(&params))
        case .messageDelete: .messageDelete(try params.required("message") { try $0.id() })
        case .messageCancel: .messageCancel(try params.required("message") { try $0.id() })
        case .messageRetry: .messageRetry(try params.required("message") { try $0.id() })
        case .messageForward: .messageForward(try MessageForward(&params))
        case .messagesList: .messagesList(try MessagesList(&params))
        case .typingSet: .typingSet(try TypingSet(&params))
        case .readMark: .readMark(try ReadMark(&params))
        case .customerGet: .customerGet(try params.required("customer") { try $0.id() })
        case .customerAskPhone: .customerAskPhone(try CustomerAskPhone(&params))
        case .customerUpdate: .customerUpdate(try CustomerUpdate(&params))
        case .callbackAnswer: .callbackAnswer(try CallbackAnswer(&params))
        case .capabilitiesGet: .capabilitiesGet(try CapabilitiesGet(&params))
        case .fileLink: .fileLink(try FileLink(&params))
        case .agentsList: .agentsList
        case .watchStart: .watchStart(try WatchFilter(&params))
        case .watchStop: .watchStop(try WatchFilter(&params))
        }
    }
}
