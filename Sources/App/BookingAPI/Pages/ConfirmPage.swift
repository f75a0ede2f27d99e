import Booking
import Bookings
import HTTP
import Kit
import Ledger

/// The customer's page: the order as the server has it, and two buttons. Looking at it answers nothing,
/// so that programs that follow links to preview them confirm nothing either.
extension BookingAPI {
  func confirm(_ request: HTTPRequest) async -> HTTPResponse {
    let correlationID = Correlation.id(of: request.headers)
    let secret = PercentEncoding.decode(request.rawPath.dropFirst("/confirm/".count))
    do throws(BookingError) {
      switch request.method {
      case "GET", "HEAD": return show(try await service.page(secret: secret), secret)
      case "POST": return try await answer(request, secret, correlationID)
      default:
        var response = say("Not possible", "This page can be read and answered.", status: 405)
        response.headers["Allow"] = "GET, HEAD, POST"
        return response
      }
    } catch {
      switch error.code.status {
      case 404: return say("Nothing here", "This link is not one of ours.", status: 404)
      case 503: return say("Not right now", "Please try again in a moment.", status: 503)
      default: return say("Not possible", error.message + ".", status: error.code.status)
      }
    }
  }

  private func answer(
    _ request: HTTPRequest, _ secret: String, _ correlationID: String
  ) async throws(BookingError) -> HTTPResponse {
    let form = PercentEncoding.query(
      String(decoding: request.body.prefix(1_024), as: UTF8.self)[...])
    let decision = form.first { $0.0 == "decision" }?.1
    guard decision == "yes" || decision == "no" else {
      return say("Nothing was answered", "Please use one of the two buttons.", status: 400)
    }
    try await service.answerPage(
      secret: secret, accepts: decision == "yes", correlationID: correlationID)
    return decision == "yes"
      ? say(
        "Thank you",
        "Your yes was noted. The order is booked as soon as the assistant goes on; the link tells you "
          + "what became of it.")
      : say("Noted", "The order will not be booked.")
  }

  private func say(_ title: String, _ words: String, status: Int = 200) -> HTTPResponse {
    let html = HTML.document(
      title, "<h1>\(HTMLText.escape(title))</h1><p>\(HTMLText.escape(words))</p>")
    return Self.page(html, style: PageStyle.text, status: status)
  }

  private func show(_ page: BookingService.Page, _ secret: String) -> HTTPResponse {
    let draft = page.work.file.draft
    let business = page.work.around.business
    var rows = ""
    for line in draft.lines {
      let price = line.total.map { "\(Amount.text($0)) \(business.currency)" } ?? ""
      rows +=
        "<tr><td class=\"n\">\(line.quantity)</td><td>\(HTMLText.escape(line.name))</td>"
        + "<td class=\"n\">\(HTMLText.escape(price))</td></tr>"
    }
    if let total = draft.lines.total {
      rows +=
        "<tr><th></th><th>Total</th><td class=\"n\"><strong>\(Amount.text(total)) "
        + "\(HTMLText.escape(business.currency))</strong></td></tr>"
    }
    var body = "<h1>Your order at \(HTMLText.escape(business.name))</h1><table>\(rows)</table><p>"
    body +=
      "For \(HTMLText.escape(draft.customerName ?? "")), \(HTMLText.escape(draft.customerPhone ?? ""))"
    if let slot = page.work.around.slot { body += "<br>On \(HTMLText.escape(slot.shownStart))" }
    if let notes = draft.notes { body += "<br>Notes: \(HTMLText.escape(notes))" }
    if draft.allowsDuplicate {
      body += "<br><strong>This is one more order like an earlier one.</strong>"
    }
    body += "</p>"
    if page.isOpen {
      let action = "/confirm/" + PercentEncoding.encode(secret)
      for (value, words, style) in [("yes", "Yes, book it", "yes"), ("no", "No, do not", "")] {
        body += """
          <form method="post" action="\(action)"><input type="hidden" name="decision" value="\(value)">\
          <button class="\(style)">\(words)</button></form>
          """
      }
    } else {
      body += "<p><strong>\(closed(page))</strong></p>"
    }
    return Self.page(
      HTML.document("Your order at \(business.name)", body), style: PageStyle.text)
  }

  private func closed(_ page: BookingService.Page) -> String {
    switch page.confirmation.state {
    case .accepted: accepted(page)
    case .declined: "You said no to this order."
    case .asked:
      if page.confirmation.expiresAt <= page.work.around.now {
        "This question is too old. Please ask for a new one."
      } else if !page.work.file.goneItems(in: page.work.around).isEmpty {
        "Something in this order is no longer on offer. Please ask what there is instead."
      } else if page.work.file.isSlotGone(in: page.work.around) {
        "That time is no longer free. Please ask for another."
      } else if page.work.file.earlierOrder(in: page.work.around) != nil {
        "The same order was booked a few minutes ago. Please say so if you want one more."
      } else {
        "The order was changed since you were asked. Please ask for a new question."
      }
    }
  }

  private func accepted(_ page: BookingService.Page) -> String {
    let now = page.work.around.now
    switch page.work.file.fate(of: page.confirmation, in: page.work.around) {
    case .booked(let orderID):
      return "You said yes, and the order is booked. Its number is \(orderID)."
    case .waiting(let ends):
      let minutes = (ends.duration(since: now).components.seconds + 59) / 60
      return "You said yes to this order. It is not booked yet: the assistant has to go on within "
        + "\(minutes == 1 ? "a minute" : "\(minutes) minutes")."
    case .tooOld:
      return
        "You said yes, but the order was not booked in time. Nothing is booked. Please ask for a "
        + "new question."
    case .void:
      return
        "You said yes, but the order was changed since, or cannot be booked as it was. Nothing is "
        + "booked. Please ask the assistant."
    }
  }
}
