"""One order: everything that happened to it in one story, its label looked at and printed, and each thing
that a person may do with it."""

from house import House


def said(page):
    return page.locator(".flash").inner_text()


def opened(page, words):
    """The folded act of that name, opened."""
    page.locator("summary", has_text=words).first.click()


with House() as house:
    page = house.visit("kim")

    # One story: what it was, what was called, what is to happen, who scanned, who wrote, who did what.
    page.goto(house.url + "/orders/W1001-A")
    story = page.get_by_label("What happened").inner_text()
    for words in [
        "Status", "Call", "OR11", "Effect", "answer lost", "Bench", "scanned", "Message",
        "The customer wrote", "Person", "Order: retry",
    ]:
        assert words in story, f"{words} is missing in:\n{story}"
    house.check(page)

    # The label, looked at in its place and printed twice; both are counted.
    with page.expect_response("**/label.pdf") as answer:
        opened(page, "Look at the label")
        page.locator("iframe").scroll_into_view_if_needed()
    assert answer.value.status == 200 and answer.value.headers["content-type"] == "application/pdf"
    for times in ["opened here to print 1 time", "opened here to print 2 times"]:
        # The label opens in a tab of its own, or is kept as a file where the browser shows none.
        with page.context.expect_page() as tab:
            page.get_by_role("button", name="Print").first.click()
        tab.value.close()
        page.goto(house.url + "/orders/W1001-A")
        page.get_by_text(times, exact=True).wait_for()
    assert "Label: print" in page.get_by_label("What happened").inner_text()

    # Hold and release.
    opened(page, "Hold")
    page.get_by_label("Why? Everybody").fill("The customer wrote")
    page.get_by_role("button", name="Hold").click()
    assert "Held" in said(page)
    page.get_by_role("button", name="Release").click()
    assert "Released" in said(page)

    # Void: asked once more, then planned.
    opened(page, "Void the label")
    page.get_by_role("button", name="Yes, void it").click()
    assert "voided" in said(page)
    assert "Void label – planned" in page.get_by_label("What happened").inner_text()

    # Cancel at the marketplace: held at once, planned once, and told a second time that it is under way.
    page.goto(house.url + "/orders/W1002-A")
    opened(page, "Cancel")
    house.check(page)
    page.get_by_label("Why? It stays").fill("the customer asked for it <b>now</b>")
    page.get_by_role("button", name="Yes, cancel it").click()
    assert "The marketplace is being told" in said(page)
    assert "being cancelled: the customer asked for it <b>now</b>" in page.get_by_role("note").first.inner_text()
    story = page.get_by_label("What happened").inner_text()
    assert "Cancel order – planned" in story and "Order: cancel" in story, story
    house.check(page)
    opened(page, "Cancel")
    page.get_by_label("Why? It stays").fill("again")
    page.get_by_role("button", name="Yes, cancel it").click()
    page.get_by_text("is being cancelled").wait_for()
    house.check(page)

    # Retry: what waits for a person goes back to be tried.
    page.goto(house.url + "/orders/W1003-A")
    assert "too heavy" in page.get_by_role("note").inner_text()
    page.get_by_role("button", name="Retry").click()
    assert "Set going again" in said(page)
    assert "Post tracking – planned" in page.get_by_label("What happened").inner_text()

    # The customer is written to, once, from here; the conversation goes on in the inbox.
    opened(page, "Write to the customer")
    page.get_by_label("Message", exact=True).fill("Your parcel is late; we are sorry.")
    house.check(page)
    page.get_by_role("button", name="Send").click()
    assert "Your message is on its way" in said(page)
    page.get_by_text("Your parcel is late; we are sorry.").wait_for()
    house.check(page)
    page.goto(house.url + "/orders/W1003-A")
    page.get_by_label("Messages").get_by_role("link", name="About your order W1003-A").wait_for()
    assert "We answered" in page.get_by_label("What happened").inner_text()

    # A viewer reads the story and is offered none of it; neither by the address.
    viewer = house.visit("viv")
    viewer.goto(house.url + "/orders/W1001-A")
    assert viewer.locator("summary", has_text="Hold").count() == 0
    assert viewer.locator("iframe").count() == 0
    token = viewer.locator("meta[name=form-token]").get_attribute("content")
    for act in ["hold", "release", "retry", "void", "cancel", "print"]:
        answer = viewer.request.post(
            f"{house.url}/orders/W1001-A/{act}", form={"_form": token, "reason": "x"},
            headers={"Sec-Fetch-Site": "same-origin"}, max_redirects=0,
        )
        assert answer.status == 403, f"{act}: {answer.status}"
    assert viewer.request.get(house.url + "/orders/W1001-A/label.pdf").status == 403
