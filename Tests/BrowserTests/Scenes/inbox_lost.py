"""An answer whose sending fails is not lost, one that was taken does not come back, and nothing is put away
that was not on the screen."""

from house import House

WORDS = "Written with care, and not to be written again."
FAILURE = "<!doctype html><html lang=en><title>Not right now</title><h1>Not right now</h1></html>"

with House() as house:
    ola = house.visit("ola")
    ola.goto(house.url + "/inbox?view=all&q=keyboards")
    ola.locator(".thread > a").first.click()
    ola.wait_for_url("**/inbox/*")
    thread = ola.url
    answer = ola.get_by_label("Your answer")
    send = ola.get_by_role("button", name="Send")

    def is_back():
        ola.goto(thread)
        assert answer.input_value() == WORDS, answer.input_value()
        ola.get_by_text("Your answer was not sent").wait_for()
        house.check(ola)

    # The session has ended: behind the way in, the words are where they were written.
    answer.fill(WORDS)
    ola.context.clear_cookies()
    send.click()
    ola.wait_for_url("**/sign-in*")
    house.sign_in(ola, "ola")
    is_back()

    # The server fails, with a page that knows nothing of them.
    ola.route(
        "**/reply", lambda route: route.fulfill(status=503, content_type="text/html", body=FAILURE)
    )
    send.click()
    ola.get_by_role("heading", name="Not right now").wait_for()
    ola.unroute("**/reply")
    is_back()

    # Refused for a reason: the page that says so has them, and so has the next one.
    answer.fill(WORDS + " {{order.id}}")
    send.click()
    ola.get_by_text("Not sent", exact=True).wait_for()
    assert answer.input_value() == WORDS + " {{order.id}}"
    ola.goto(thread)
    assert answer.input_value() == WORDS + " {{order.id}}"

    # Taken at last, once, and then the field is empty and stays so.
    answer.fill(WORDS)
    send.click()
    ola.get_by_text("Your answer is on its way").wait_for()
    assert answer.input_value() == ""
    ola.reload()
    assert answer.input_value() == ""
    assert ola.locator(".message.from-technician", has_text=WORDS).count() == 1

    # The page shows less than there is: it stays open, and the page that shows it all puts it away.
    ola.evaluate(
        """() => {
          document.getElementById("messages").dataset.newest = "0";
          document.querySelector('form[data-status="archived"] button').click();
        }"""
    )
    ola.get_by_text("so it stays as it is").wait_for()
    assert ola.url == thread, ola.url
    ola.get_by_role("button", name="Archive").click()
    ola.get_by_text("A new message brings it back").wait_for()
