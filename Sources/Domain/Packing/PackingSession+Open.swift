public import Kit

extension PackingSession {
  /// An order was scanned at the bench while nothing was in hand.
  ///
  /// - Parameter latest: the order's last session, open or over.
  /// - Returns: the session to be shown, which is new, was taken up again, or is somebody else's.
  public static func open(
    _ id: UUIDv7, order: String, bill: PackingBill, standing: OrderStanding,
    latest: PackingSession?, by actor: String
  ) -> (outcome: PackingOutcome, session: PackingSession?) {
    if var known = latest, known.state == .open {
      guard known.packer.isEmpty || known.packer == actor else {
        return (
          PackingOutcome(
            .othersOrder, "\(known.packer) has order \(order) in hand. Take it over, or leave it."),
          known
        )
      }
      // Whoever goes on hears of a cancellation at once.
      if let off = standing.offReason {
        return (known.stop(off).outcome, known)
      }
      known.packer = actor
      known.version += 1
      return (PackingOutcome(.opened, "You go on with order \(order)."), known)
    }
    if let latest, latest.state == .packed, latest.printed == standing.generation {
      return (latest.outcomeOfPacked(standing), latest)
    }
    if let off = standing.offReason {
      return (PackingOutcome(.orderOff, "\(off). There is nothing to pack."), nil)
    }
    if let why = standing.holdReason {
      return (PackingOutcome(.orderHeld, "Order \(order) is held: \(why)."), nil)
    }
    if let why = standing.waitReason {
      return (PackingOutcome(.notToPack, "Order \(order) is not to be packed: \(why)."), nil)
    }
    guard !bill.items.isEmpty else {
      return (PackingOutcome(.notToPack, "Order \(order) has no lines that we know of."), nil)
    }
    guard bill.units <= PackingBill.unitsMax else {
      return (
        PackingOutcome(
          .tooLarge,
          "Order \(order) has \(bill.units) pieces, more than the bench counts. Tell the office."),
        nil
      )
    }
    let session = PackingSession(
      id: id, orderID: order, bill: bill, packer: actor, after: latest)
    return (PackingOutcome(.opened, "Order \(order). Scan its parts."), session)
  }

  /// A closed parcel was scanned again: whether it may still leave the house.
  private func outcomeOfPacked(_ standing: OrderStanding) -> PackingOutcome {
    if let off = standing.offReason {
      return PackingOutcome(.orderOff, "\(off) after it was packed. Pull the parcel.")
    }
    if standing.isLabelVoid {
      return PackingOutcome(
        .labelVoid, "The label of \(orderID) was voided after it was packed. Pull the parcel.")
    }
    if let why = standing.holdReason {
      return PackingOutcome(
        .orderHeld, "Order \(orderID) was held after it was packed: \(why). Keep the parcel here.")
    }
    return PackingOutcome(.alreadyOver, "Order \(orderID) is packed, by \(packer).")
  }
}
