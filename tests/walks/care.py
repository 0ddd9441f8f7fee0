"""Care, as a social worker, their head, two providers and a provider without an account take their parts in it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .browser import Walker
from .cast import Cast, press, send

OTHERS = ["", "sami", "elena", "carmen", "radu", "livia", "petra", "beniamin"]  # who may not open this case
STRENGTHS = "A sister in the next street; both children like school."
ASKED = {"old_age": "Home care, three times a week.", "child_care": "Help with homework in the afternoon."}
SECRET = "Nobody but the case worker reads this."


def in_days(days: int) -> str:
    return f"{datetime.now(ZoneInfo('Europe/Bucharest')) + timedelta(days=days):%d.%m.%Y}"


def open_case(cast: Cast, household: str) -> str:
    """From the household's page, by the social worker."""
    worker = cast["mihai"].go(f"/desk/household/{household}/")
    press(worker, "aside a[href$='/case/']")
    send(worker, type="family-at-risk", risk="high", reason=SECRET)
    found = re.search(r"/desk/cases/([0-9a-f-]{36})/", worker.page.url)
    assert found, worker.text()
    cast.open(["doina"], f"/desk/cases/{found[1]}/")
    cast.closed(OTHERS, f"/desk/cases/{found[1]}/")
    cast.closed(["sami", "petra"], f"/desk/household/{household}/case/")
    return found[1]


def first_steps(worker: Walker, case: str) -> None:
    """Two needs, a plan with a goal and what everybody does for it."""
    for code in ASKED:
        worker.go(f"/desk/cases/{case}/")
        press(worker, f"#needs a[href$='/cases/{case}/need/']")
        send(worker, code=code, note="As the grandmother says it.")
    press(worker, f"#plan a[href$='/cases/{case}/plan/']")
    send(worker, strengths=STRENGTHS)
    press(worker, f"#plan a[href$='/cases/{case}/goal/']")
    send(worker, text="She lives at home, and somebody helps her.", by=in_days(60))
    for owner, days in (("worker", 5), ("family", 10), ("provider", 20)):
        press(worker, worker.page.locator("#plan a[href$='/action/']").first)
        send(worker, text="Agreed with the family", owner=owner, due_on=in_days(days))
    worker.shows(STRENGTHS)


def approve(cast: Cast, case: str) -> None:
    """The worker asks, the head finds it in her day, reads what was laid before her, and approves."""
    worker, head = cast["mihai"], cast["doina"]
    press(worker, f"#plan a[href$='/cases/{case}/review/']")
    send(worker, kind="plan", summary="The plan is ready.")
    head.go("/desk/day/")
    press(head, f"main a[href*='/cases/{case}/']")
    press(head, "#reviews a.btn-lead")
    address = head.page.url.removeprefix(cast.town.address.rstrip("/"))
    cast.closed([*OTHERS, "mihai"], address)
    head.shows(STRENGTHS)
    press(head, "button[value=approve]")
    assert worker.go(f"/desk/cases/{case}/").page.locator("#plan h2 .pill-yes").count() == 1


def refer(cast: Cast, case: str, name: str, line: str) -> None:
    """Home care is declined in one portal and sent again to somebody without an account; a day centre takes the
    children. Each reads what was sent to them, and nothing else."""
    first = send_to(cast, case, "old_age", "Caritas Mitropolitan")
    received(cast, "petra", first, name, line, ASKED["old_age"])
    cast.closed(["beniamin", "sami", ""], f"/provider/referrals/{first}/")
    cast.closed(["petra", "sami", "elena"], f"/desk/referrals/{first}/")
    send(cast["petra"], "form[action$='/declined/'] button", reason="no_places", note="")
    again = again_without_account(cast, first)
    cast.closed(["petra", "beniamin"], f"/provider/referrals/{again}/")
    second = send_to(cast, case, "child_care", "Buckner")
    received(cast, "beniamin", second, name, line, ASKED["child_care"])
    cast.closed(["petra"], f"/provider/referrals/{second}/")
    for step in ("accepted", "started", "delivered"):
        press(cast["beniamin"], f"form[action$='/{step}/'] button")
    answer_outcome(cast["beniamin"], "form[action$='/outcome/'] button", "goes_on")
    for referral in (again, second):
        worker = cast["mihai"].go(f"/desk/referrals/{referral}/")
        press(worker, "form[action$='/close/'] button")


def answer_outcome(walker: Walker, button: str, outcome: str) -> None:
    send(walker, button, outcome=outcome)


def send_to(cast: Cast, case: str, need: str, provider: str, *, again: str = "") -> str:
    """From a need to a service that is suggested with its reasons; what will be read is shown before it goes out."""
    worker = cast["mihai"].go(f"/desk/cases/{case}/")
    wanted = list(ASKED).index(need)
    press(worker, worker.page.locator("#referrals a.btn").nth(wanted))
    return written(worker, need, worker.page.locator("ol.suggested > li", has_text=provider).first)


def written(worker: Walker, need: str, service) -> str:
    page = worker.page
    assert service.locator(".reasons li").count() >= 1, worker.text()
    press(worker, service.locator("a.btn"))
    page.locator("[name=ground][value=signed]").check()
    send(worker, "button[value=preview]", request=ASKED[need])
    assert SECRET not in worker.text()
    press(worker, "button[value=send]")
    found = re.search(r"/desk/referrals/([0-9a-f-]{36})/", page.url)
    assert found, worker.text()
    return found[1]


def received(cast: Cast, username: str, referral: str, name: str, line: str, asked: str) -> None:
    """The provider finds it among what waits, and reads the payload: not the file, the address, the notes."""
    provider = cast[username].go("/provider/")
    press(provider, f"main a[href$='/provider/referrals/{referral}/']")
    provider.shows(name, asked)
    page = provider.page.content()
    assert line not in page and SECRET not in page and STRENGTHS not in page
    assert "/desk/cases/" not in page and "/desk/household/" not in page


def again_without_account(cast: Cast, declined: str) -> str:
    """The worker sees why, sends it elsewhere, and hands over a link; whoever holds it answers, and nobody else."""
    worker = cast["mihai"].go(f"/desk/referrals/{declined}/")
    press(worker, f"a.btn-lead[href*='again={declined}']")
    others = worker.page.locator("ol.suggested > li").filter(has_not_text="Caritas Mitropolitan")
    referral = written(worker, "old_age", others.first)
    press(worker, "form[action$='/link/'] button")
    link = worker.page.locator(".address bdi").inner_text().strip()
    path = "/" + link.split("/", 3)[3]
    holder = cast[""]
    holder.go(path + f"?lang={cast.language}").shows(ASKED["old_age"])
    assert SECRET not in holder.page.content() and STRENGTHS not in holder.page.content()
    for step in ("accepted", "started", "delivered"):
        press(holder, f"form:has([name=step][value={step}]) button")
    answer_outcome(holder, "form:has([name=step][value=outcome]) button", "reached")
    cast.closed([""], path[:-3] + "xx/", f"/desk/referrals/{referral}/", f"/provider/referrals/{referral}/")
    worker.go(f"/desk/referrals/{referral}/")
    assert worker.page.locator(f"a[href*='{declined}']").count() >= 1, "the chain is kept"
    return referral


def visit_and_review(cast: Cast, case: str) -> None:
    """A visit, a note that only the team reads, and the head's review of how things stand."""
    worker, head = cast["mihai"], cast["doina"]
    worker.go(f"/desk/cases/{case}/")
    press(worker, "#visits a[href$='/visit/made/']")
    send(worker, state="done", findings="The room is warm; the children are at school.")
    send(worker, "#notes button[value=write]", text=SECRET)
    press(worker, f"#plan a[href$='/cases/{case}/review/']")
    send(worker, kind="periodic", summary="Both services have begun.")
    head.go(f"/desk/cases/{case}/")
    press(head, "#reviews a.btn-lead")
    press(head, "button[value=approve]")


def close(cast: Cast, case: str) -> None:
    """What was planned is ended, one need is met and one stays unmet with the reason, and the case closes."""
    worker = cast["mihai"].go(f"/desk/cases/{case}/")
    page = worker.page
    for _ in range(3):
        press(worker, page.locator("#plan .actions a.btn").first)
        send(worker, state="done", reason="")
    press(worker, f"aside a[href$='/cases/{case}/close/']")
    page.locator("[name=outcome]").select_option("supported")
    answers = page.locator("select[name^='need-']")
    assert answers.count() == 2
    for number, state in enumerate(("met", "unmet")):
        answers.nth(number).select_option(state)
        page.locator("textarea[name^='why-']").nth(number).fill("As the provider reported.")
    press(worker, "main form button.btn-lead")
    worker.shows("As the provider reported.")
    assert page.locator("#needs .pill-yes").count() == 1 and page.locator("#needs .pill-act").count() == 1
    assert page.locator("#needs a.btn").count() == 0, "a closed case is not changed any more"
    cast.closed(OTHERS, f"/desk/cases/{case}/")
