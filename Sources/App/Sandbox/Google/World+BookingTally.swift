import Kit

extension World {
  /// Per order id: rows, writes and pushes.
  func bookings() -> [String: SandboxTally.Booking] {
    sheets.enter { state in
      var found: [String: SandboxTally.Booking] = [:]
      for spreadsheet in state.spreadsheets.values {
        for sheet in spreadsheet.sheets {
          for row in sheet.rows {
            guard let key = row.first?.shown, !key.isEmpty, key != "Order ID" else { continue }
            found[key, default: .init()].rows += 1
            if row.contains(where: { if case .formula = $0 { true } else { false } }) {
              found[key, default: .init()].formulas += 1
            }
          }
        }
      }
      for (key, count) in state.writes { found[key, default: .init()].rowWrites = count }
      var seen: Set<[String]> = []
      var events: Set<[String]> = []
      for push in state.pushes {
        found[push.order, default: .init()].pushes += 1
        // A device shows the last message of a tag; ntfy shows each.
        let isNew =
          push.service == "ntfy" || seen.insert([push.to, push.order, push.event]).inserted
        if events.insert([push.order, push.event]).inserted {
          found[push.order, default: .init()].events += 1
        }
        if isNew { found[push.order, default: .init()].pushesShown += 1 }
      }
      return found
    }
  }

  func violations(_ bookings: [String: SandboxTally.Booking]) -> [SandboxViolation] {
    bookings.sorted { $0.key < $1.key }.flatMap { id, booking in
      var found: [SandboxViolation] = []
      if booking.rows > 1 {
        found.append(
          SandboxViolation(name: "two_rows", order: id, detail: "\(booking.rows) rows"))
      }
      if booking.pushesShown > booking.events {
        found.append(
          SandboxViolation(
            name: "pushed_again", order: id,
            detail: "\(booking.pushesShown) messages for \(booking.events) events"))
      }
      if booking.formulas > 0 {
        found.append(
          SandboxViolation(name: "live_formula", order: id, detail: "a cell came in as code"))
      }
      return found
    }
  }
}
