import Kit
import Orders
import Testing

@Suite("Orders")
struct OrderTests {
  @Test("a status moves to itself never, to received never, and every status is reached")
  func moves() {
    var reached: Set<OrderStatus> = [.received]
    var edge: [OrderStatus] = [.received]
    while let status = edge.popLast() {
      #expect(!status.canMove(to: status) && !status.canMove(to: .received))
      for next in status.nexts where reached.insert(next).inserted { edge.append(next) }
    }
    #expect(reached == Set(OrderStatus.allCases))
    #expect(OrderStatus.allCases.filter(\.isFinal) == [.shipped, .cancelled])
    // Whatever happened, an order can still be shipped or cancelled outside.
    for status in OrderStatus.allCases where !status.isFinal {
      #expect(status.canMove(to: .shipped) && status.canMove(to: .cancelled))
    }
    // Our own word for accepted is never taken back before a label exists.
    #expect(!OrderStatus.accepted.canMove(to: .pendingAcceptance))
    #expect(!OrderStatus.accepted.canMove(to: .parked))
  }

  @Test("every spelling of a marketplace state is understood, and only those")
  func spellings() {
    let all: [(MarketplaceState, [String])] = [
      (.staging, ["STAGING"]),
      (.waitingAcceptance, ["WAITING_ACCEPTANCE", "PENDING_ACCEPTANCE"]),
      (.waitingDebit, ["WAITING_DEBIT", "WAITING_DEBIT_PAYMENT"]),
      (.shipping, ["SHIPPING", "AWAITING_SHIPMENT"]),
      (.shipped, ["SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED", "DELIVERED"]),
      (.cancelled, ["CANCELED", "CANCELLED"]),
      (.refused, ["REFUSED"]),
    ]
    for (state, names) in all {
      for name in names {
        #expect(MarketplaceState(name) == state)
        for other in [name.lowercased(), " " + name, name + "S"] {
          #expect(MarketplaceState(other) == .unknown(other))
        }
      }
    }
    #expect(MarketplaceState("") == .unknown(""))
    #expect(all.filter(\.0.isAccepted).map(\.0) == [.waitingDebit, .shipping, .shipped])
    #expect(all.filter(\.0.isOff).map(\.0) == [.cancelled, .refused])
  }

  @Test("each deed talks to one system, and undoing a label outlives its order")
  func deeds() {
    #expect(
      Deed.allCases.filter { $0.system == .marketplace } == [
        .acceptOrder, .refuseOrder, .cancelOrder, .postTracking, .markShipped, .updateOffer,
      ])
    #expect(
      Deed.allCases.filter { !$0.diesWithTheOrder } == [
        .cancelOrder, .voidLabel, .refundLabel, .updateOffer, .sendMessage,
      ])
    #expect(Deed.allCases.filter { $0.system == .inbox } == [.sendMessage])
    #expect(OutsideSystem.carrier.lane(shop: "a") == "carrier:a")
  }
}
