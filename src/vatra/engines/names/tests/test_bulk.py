import numpy as np

from vatra.engines.linkage.synthetic import people
from vatra.engines.names import search_keys
from vatra.engines.names.bulk import bulk_search_keys


def test_in_bulk_the_keys_are_the_same():
    rows = list(people(800, seed=5))
    names = [" ".join(filter(None, (r["given_name"], r["father_name"], r["family_name"]))) for r in rows]
    names += ["M. Haddad", "محمد أبو زيد", "Ion 12 Popescu", "", "O'Brien Sa'id Çelik Çetin", "Abd al-Rahman"]
    years = np.array([int((r["dob"] or "0")[:4]) for r in rows] + [0] * 6)
    keys, owners = bulk_search_keys(np.arange(len(names)), names, years)
    made: dict[int, set[int]] = {n: set() for n in range(len(names))}
    for key, owner in zip(keys.tolist(), owners.tolist(), strict=True):
        assert key not in made[owner]
        made[owner].add(key)
    for n, name in enumerate(names):
        assert made[n] == search_keys([name], birth_year=int(years[n]) or None), name
