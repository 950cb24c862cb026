import AgentProtocol
import Domain
import Testing

@testable import ChatServer

@Suite("The order of a session's requests")
struct RequestOrderTests {
    private func job(_ id: Int, _ place: RequestOrder.Place, send: Bool = false) -> RequestOrder.Job {
        RequestOrder.Job(request: .agentsList, id: name(id), place: place, isSend: send)
    }

    private func name(_ id: Int) -> RequestID { .string("\(id)") }

    private let chat = RequestOrder.Place.interaction(InteractionID(1))
    private let other = RequestOrder.Place.interaction(InteractionID(2))

    private func ids(_ jobs: [RequestOrder.Job]) -> [RequestID] { jobs.map(\.id) }

    @Test("sends run together, other requests of the chat one after another, other chats beside them")
    func places() {
        var order = RequestOrder()
        let accept = job(1, chat)
        let sends = [job(2, chat, send: true), job(3, chat, send: true)]
        let close = job(4, chat)
        #expect(ids(order.arrived(accept)) == [name(1)])
        #expect(order.arrived(sends[0]).isEmpty && order.arrived(sends[1]).isEmpty && order.arrived(close).isEmpty)
        #expect(ids(order.arrived(job(5, other))) == [name(5)])
        #expect(ids(order.ended(accept)) == [name(2), name(3)])
        // A send does not overtake what waits before it.
        #expect(order.arrived(job(6, chat, send: true)).isEmpty)
        #expect(order.ended(sends[1]).isEmpty)
        #expect(ids(order.ended(sends[0])) == [name(4)])
        #expect(ids(order.ended(close)) == [name(6)])
    }

    @Test("what may touch any chat waits for everything before it and holds up everything after it")
    func everywhere() {
        var order = RequestOrder()
        let (first, cancel, later) = (job(1, chat), job(2, .everywhere), job(3, other))
        #expect(ids(order.arrived(first)) == [name(1)])
        #expect(order.arrived(cancel).isEmpty)
        #expect(order.arrived(later).isEmpty)
        #expect(ids(order.ended(first)) == [name(2)])
        #expect(order.arrived(job(4, .everywhere)).isEmpty)
        #expect(ids(order.ended(cancel)) == [name(3)])
        #expect(ids(order.ended(later)) == [name(4)])
    }
}
