"""The people of the demonstration town, before anybody has met them. Pure: the same seed gives the same town."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from .numbers import identifier, paper, phone

Names = Mapping[str, Any]

# Who lives together: (share, builder). Read from what such services see, not from a census.
SINGLE_OLD, COUPLE_OLD, COUPLE_CHILDREN, LONE_PARENT, COUPLE, THREE, GRANDPARENTS, SINGLE, CARER = range(9)
KINDS = {SINGLE_OLD: 17, COUPLE_OLD: 12, COUPLE_CHILDREN: 28, LONE_PARENT: 10, COUPLE: 8, THREE: 9, GRANDPARENTS: 3,
         SINGLE: 9, CARER: 4}  # fmt: skip
CHILDREN = {1: 44, 2: 34, 3: 14, 4: 6, 5: 2}
DEGREES = {"severe": 30, "marked": 45, "medium": 25}


@dataclass(slots=True)
class Member:
    given: str
    family: str
    sex: str
    born: date
    role: str
    language: str = ""
    occupation: str = ""
    schooling: str = ""
    net_income: int | None = None  # lei
    earnings: int = 0
    disability: str = "none"
    number: str = ""
    paper: str = ""
    paper_until: date | None = None
    phone: str = ""

    def age(self, on: date) -> int:
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass(slots=True)
class Home:
    """A household as it is; `kin` holds (person, relation, relative) by their places among the members."""

    area: str
    line: str
    since: date
    members: list[Member]
    kin: list[tuple[int, str, int]] = field(default_factory=list)
    heating: str = "solid"
    housing: str = "owned"
    asset: str = "none"
    emergency: str = "none"
    emergency_on: date | None = None
    emergency_costs: int = 0
    children_income: int = 0
    other_office: bool = False
    on_card: bool = False  # known from the old card index; they have not come yet
    # what the screening left unasked, who seals it and why, which programmes they may apply for (None: as it fits)
    leave_out: tuple[str, ...] = ()
    sealed_because: str = ""
    applications: tuple[str, ...] | None = None
    guardian: int | None = None
    case: str = ""  # the type of case that guides and pictures show half-way

    @property
    def adults(self) -> list[Member]:
        return [m for m in self.members if m.role not in {"child", "grandchild"}]

    @property
    def disabled(self) -> bool:
        return any(m.disability != "none" for m in self.members)

    def income(self) -> int:
        return sum(m.net_income or 0 for m in self.adults) + self.children_income


def choose(rng: random.Random, weights: Mapping[Any, float]) -> Any:
    return rng.choices(list(weights), weights=list(weights.values()))[0]


class Builder:
    """Makes households from the pack's demonstration sheet (`demo.yaml`)."""

    def __init__(self, sheet: Mapping[str, Any], number_said: Mapping[str, Any] | None, today: date, seed: int) -> None:
        self.sheet, self.number_said, self.today = sheet, number_said, today
        self.rng = random.Random(f"people {seed}")
        self.areas = {code: said["share"] for code, said in sheet["areas"].items()}

    def homes(self, count: int) -> list[Home]:
        """`count` households, those that guides and pictures know among them; these come last."""
        known = [self.known(said) for said in self.sheet.get("showcase", [])]
        sealed = [self.known(said, sealed=True) for said in self.sheet.get("sealed", [])]
        others = [self.home(n) for n in range(max(0, count - len(known) - len(sealed)))]
        return others + sealed + known

    def home(self, n: int) -> Home:
        rng = self.rng
        other = rng.random() < self.sheet["other_share"]
        area = self.sheet["other_area"]["area"] if other else choose(rng, self.areas)
        said = self.sheet["other_area"] if other else self.sheet["areas"][area]
        home = Home(area, self._line(said, rng), self._since(), [], other_office=other)
        kind = choose(rng, KINDS)
        names = rng.choices(self.sheet["patterns"], weights=[p["share"] for p in self.sheet["patterns"]])[0]
        self._people(home, kind, names)
        home.heating = choose(rng, said.get("heating", {"solid": 80, "gas": 15, "electricity": 5}))
        home.housing = choose(rng, {"owned": 58, "with_family": 16, "rented": 12, "social": 8, "informal": 6})
        home.asset = choose(rng, {"none": 93, "car": 3, "land": 2, "building": 1.5, "cars": 0.5})
        self._work(home)
        home.on_card = not other and rng.random() < self.sheet["on_cards"]
        if rng.random() < 0.025:
            self._strike(home)
        return home

    def _line(self, said: Mapping[str, Any], rng: random.Random) -> str:
        flat = f", ap. {rng.randint(1, 40)}" if len(said["streets"]) > 4 and rng.random() < 0.5 else ""
        return f"str. {rng.choice(said['streets'])} {rng.randint(1, 140)}{flat}"

    def _since(self) -> date:
        return self.today - timedelta(days=int(self.rng.triangular(300, 14000, 2500)))

    def _born(self, youngest: int, oldest: int) -> date:
        days = int(self.rng.uniform(youngest * 365.25 + 1, (oldest + 1) * 365.25 - 2))
        return self.today - timedelta(days=days)

    def _member(self, names: Names, role: str, sex: str, family: str, youngest: int, oldest: int) -> Member:
        rng = self.rng
        given = rng.choice(names[sex])
        if rng.random() < 0.32:
            second = rng.choice(names[sex])
            given = given if second == given else f"{given}{'-' if rng.random() < 0.5 else ' '}{second}"
        born = self._born(youngest, oldest)
        made = Member(given, family, sex, born, role, language=names["language"] if rng.random() < 0.9 else "")
        self._numbers(made)
        return made

    def _numbers(self, member: Member) -> None:
        rng, age = self.rng, member.age(self.today)
        if self.number_said:
            member.number = identifier(member.born, member.sex, self.number_said, self.sheet["identifier"], rng)
        if age >= 14 and rng.random() < 0.8:
            member.paper = paper(self.sheet["second_identifier"], rng)
            member.paper_until = self.today + timedelta(days=rng.randint(-200, 2600))
        if age >= 18 and rng.random() < 0.72:
            member.phone = phone(self.sheet["phone"], rng)

    def _people(self, home: Home, kind: int, names: Names) -> None:
        rng, family = self.rng, self.rng.choice(names["family"])
        sex = choose(rng, {"female": 56, "male": 44})
        other = "male" if sex == "female" else "female"

        def add(role: str, sex: str, youngest: int, oldest: int, surname: str = family) -> int:
            home.members.append(self._member(names, role, sex, surname, youngest, oldest))
            return len(home.members) - 1

        if kind == SINGLE_OLD:
            add("head", choose(rng, {"female": 74, "male": 26}), 65, 91)
        elif kind == SINGLE:
            add("head", sex, 19, 63)
        elif kind in (COUPLE, COUPLE_OLD):
            span = (65, 86) if kind == COUPLE_OLD else (24, 63)
            one = add("head", sex, *span)
            self._pair(home, one, add("spouse", other, *self._about(home.members[one])))
        elif kind == COUPLE_CHILDREN:
            one = add("head", sex, 22, 48)
            role, surname = ("spouse", family) if rng.random() < 0.72 else ("partner", rng.choice(names["family"]))
            two = add(role, other, *self._about(home.members[one]), surname)
            self._pair(home, one, two, role)
            self._children(home, add, [one, two])
        elif kind == LONE_PARENT:
            one = add("head", choose(rng, {"female": 86, "male": 14}), 19, 47)
            self._children(home, add, [one])
        elif kind == THREE:
            one = add("head", sex, 25, 46)
            two = add("spouse", other, *self._about(home.members[one]))
            self._pair(home, one, two)
            self._children(home, add, [one, two])
            grand = add("parent", choose(rng, {"female": 70, "male": 30}), 62, 84)
            home.kin.append((grand, "mother" if home.members[grand].sex == "female" else "father", one))
        elif kind == GRANDPARENTS:
            one = add("head", "female", 56, 74)
            if rng.random() < 0.5:
                self._pair(home, one, add("spouse", "male", *self._about(home.members[one])))
            for _ in range(rng.randint(1, 3)):
                child = add("grandchild", choose(rng, {"female": 49, "male": 51}), 2, 16)
                home.kin.append((one, "guardian", child))
            home.guardian = 0
        else:
            one = add("head", "female", 48, 72)
            cared = add("child", choose(rng, {"female": 45, "male": 55}), 19, 40)
            home.kin.append((one, "mother", cared))
            home.members[cared].disability = choose(rng, {"severe": 60, "marked": 40})

    def _about(self, member: Member) -> tuple[int, int]:
        """The span of ages of whom somebody lives with: women a little younger, as a rule."""
        age = member.age(self.today) + (3 if member.sex == "female" else -3)
        return max(19, age - 5), max(20, age + 5)

    def _pair(self, home: Home, one: int, two: int, relation: str = "spouse") -> None:
        home.kin.append((one, relation, two))

    def _children(self, home: Home, add: Any, parents: Sequence[int]) -> None:
        youngest_parent = min(home.members[p].age(self.today) for p in parents)
        oldest = max(0, min(17, youngest_parent - 18))
        for _ in range(choose(self.rng, CHILDREN)):
            child = add("child", choose(self.rng, {"female": 49, "male": 51}), 0, oldest)
            for parent in parents:
                relation = "mother" if home.members[parent].sex == "female" else "father"
                home.kin.append((parent, relation, child))

    def _work(self, home: Home) -> None:
        """Occupation, schooling, income and degree of disability of each member."""
        rng = self.rng
        for member in home.members:
            age = member.age(self.today)
            if member.disability == "none" and rng.random() < (0.016 if age < 18 else 0.05 if age < 65 else 0.11):
                member.disability = choose(rng, DEGREES)
            if age < 18 or (member.role in {"child", "grandchild"} and age < 20):
                member.schooling = schooling_at(age, rng)
                member.occupation = "pupil" if age >= 6 and member.schooling != "none" else ""
                continue
            member.schooling = "none"
            member.occupation = self._occupation(member, age)
            usual, spread = self.sheet["incomes"][member.occupation]
            income = max(0, int(rng.gauss(usual, spread) / 10) * 10)
            member.net_income = income if member.occupation != "home" else 0
            member.earnings = member.net_income if member.occupation == "employed" else 0
        if any(m.role in {"child", "grandchild"} for m in home.members) and rng.random() < 0.08:
            home.children_income = rng.choice([200, 300, 400, 520, 660])

    def _occupation(self, member: Member, age: int) -> str:
        if age >= 65 or (age >= 62 and member.sex == "female"):
            return choose(self.rng, {"pensioner": 93, "home": 7})
        if member.disability in {"severe", "marked"}:
            return choose(self.rng, {"unable": 85, "pensioner": 10, "employed": 5})
        if member.sex == "female":
            return choose(
                self.rng, {"employed": 36, "home": 32, "unemployed": 20, "day_labourer": 8, "self_employed": 4}
            )
        return choose(self.rng, {"employed": 44, "day_labourer": 22, "unemployed": 22, "self_employed": 7, "farmer": 5})

    def _strike(self, home: Home) -> None:
        home.emergency = choose(self.rng, {"illness": 35, "fire": 15, "flood": 15, "death": 20, "accident": 15})
        home.emergency_costs = self.rng.choice([450, 800, 1200, 1900, 2600, 4300])

    def known(self, said: Mapping[str, Any], *, sealed: bool = False) -> Home:
        """A household as the sheet describes it, member by member."""
        members = []
        for given in said["members"]:
            member = Member(
                given["given"], given["family"], given["sex"], given["born"], given["role"], language="ro",
                occupation=given.get("occupation", ""), schooling=given.get("schooling", "none"),
                net_income=given.get("net_income"),
            )  # fmt: skip
            self._numbers(member)
            if given.get("phone"):
                member.phone = phone(self.sheet["phone"], self.rng)
            member.earnings = (member.net_income or 0) if member.occupation == "employed" else 0
            members.append(member)
        children = [n for n, member in enumerate(members) if member.role in {"child", "grandchild"}]
        relation = "guardian" if "guardian" in said else "mother"
        return Home(
            said["area"], said["line"], said.get("since", self.today - timedelta(days=900)), members,
            kin=[(0, relation, child) for child in children], heating=said.get("heating", "gas"),
            housing=said.get("housing", "rented"), leave_out=tuple(said.get("leave_out", ())),
            sealed_because=said.get("because", "") if sealed else "", guardian=said.get("guardian"),
            case=said.get("case", ""),
            applications=tuple(said["applications"]) if "applications" in said else () if sealed else None,
        )  # fmt: skip


def schooling_at(age: int, rng: random.Random) -> str:
    """What children of an age usually attend; some have left."""
    if age < 3:
        return "none"
    if age < 6:
        return choose(rng, {"kindergarten": 85, "none": 15})
    if age < 15:
        return choose(rng, {"primary": 96, "none": 4})
    return choose(rng, {"high_school": 62, "vocational": 25, "none": 13})
