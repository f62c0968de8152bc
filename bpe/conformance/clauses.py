"""How a property is bound to its clause, found, and run.

A property is a plain function: a target, with it a reference where the clause compares with one, and the values of one case.
`@clause` gives it the id of the clause and the strategy for cases; its docstring begins with the clause's sentence.
Hypothesis runs it by `check`; a counterexample that it printed is replayed by calling the property itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from inspect import getdoc, signature
from typing import Any, Final, get_type_hints

from hypothesis import given
from hypothesis.strategies import SearchStrategy

from bpe.conformance.model import Model

#: The values of a case, in the order of the function's parameters.
Case = tuple[Any, ...]
#: Cases, or cases for the models that a target can be asked for.
Cases = SearchStrategy[Any] | Callable[[SearchStrategy[Model]], SearchStrategy[Any]]

Test = Callable[[], None]

#: What no property can decide, by clause, with the reason; other parts of these clauses have properties.
UNTESTABLE: Final = {
    "E7": "that the portable engine, the kernels and every supported Python agree shows when the suite runs on each",
    "E8": "that nothing past a limit is encoded cannot be seen in an answer",
    "R1": "time is measured, by benchmarks of growth on hostile runs; a timed test would fail on a busy machine",
    "R3": "memory is measured, by benchmarks; what an interpreter allocates besides is no property of the tokenizer",
    "R5": "that nothing can be changed from outside is a matter of the language, and of the tests of each implementation",
    "A4": "it binds checkers, not tokenizers: the tests of this one let adapters crash, hang and talk nonsense",
    "A5": "it binds checkers, not tokenizers: no request of this one has a field for an expected answer",
    "P8": "that time is linear in the text is measured, by benchmarks of growth; a timed test would fail on a busy machine",
}


@dataclass(frozen=True, eq=False)
class Property:
    """A clause as a function that any target must survive."""

    clause: str
    statement: Callable[..., None]
    cases: Cases
    #: Whether a target whose vocabulary is not known can be tried: encoding and decoding alone decide.
    black_box: bool = False
    #: Whether a case is many texts of one vocabulary, none of which is smaller than another: there is nothing to shrink.
    sweeps: bool = False

    @property
    def name(self) -> str:
        """The function's name, which says what holds."""
        return self.statement.__name__

    @property
    def sentence(self) -> str:
        """The clause's sentence: the first line of the docstring."""
        return (getdoc(self.statement) or "").partition("\n")[0]

    @cached_property
    def needs(self) -> type:
        """The protocol of the first parameter: what a target must be able to do."""
        needed: type = get_type_hints(self.statement)[next(iter(signature(self.statement).parameters))]
        return needed

    @property
    def compares(self) -> bool:
        """Whether the property compares the target with a reference, its second parameter."""
        return "reference" in signature(self.statement).parameters

    @property
    def value_names(self) -> tuple[str, ...]:
        """The names of a case's values: the parameters behind the target and the reference."""
        return tuple(signature(self.statement).parameters)[2 if self.compares else 1 :]

    def parties(self, target: Any, reference: Any) -> tuple[Any, ...]:
        """Return what comes before the values of a case: the target, and a reference where the property compares with one."""
        return (target, reference) if self.compares else (target,)

    def applies_to(self, target: object) -> bool:
        """Tell whether a target can do what the property needs."""
        return isinstance(target, self.needs)

    def check(
        self,
        target: Any,
        reference: Any = None,
        *,
        using: Callable[[Test], Test] | None = None,
        around: Callable[[Callable[..., None], Case], None] | None = None,
    ) -> None:
        """Try the property on a target with many cases; fail with the smallest that breaks it.

        `using` are Hypothesis's settings, by default those of the profile in force.
        `around` runs each case in place of a plain call: it is given the function and the values.
        """
        parties = self.parties(target, reference)

        def run(case: Case) -> None:
            if around is None:
                self.statement(*parties, *case)
            else:
                around(self.statement, case)

        # The name stands in reports, and keeps what Hypothesis remembers of one property apart from the others.
        run.__name__ = run.__qualname__ = self.name
        cases = self.cases if isinstance(self.cases, SearchStrategy) else self.cases(target.models)
        test = given(case=cases)(run)
        (using(test) if using else test)()

    def __call__(self, *arguments: Any) -> None:
        """Try the property on one case: a target, a reference where it compares with one, and the values."""
        self.statement(*arguments)

    def __repr__(self) -> str:
        return f"{self.clause}-{self.name}"


def clause(
    clause_id: str, cases: Cases, *, black_box: bool = False, sweeps: bool = False
) -> Callable[[Callable[..., None]], Property]:
    """Bind a function to a clause of the specification, and to the cases that it is tried with.

    `black_box` says that the vocabulary need not be known to try it, `sweeps` that under one vocabulary no case is smaller than another.

    >>> from hypothesis.strategies import tuples, integers
    >>> @clause("X1", tuples(integers()))
    ... def doubling_is_adding(target: object, number: int) -> None:
    ...     "Doubling a number MUST be adding it to itself."
    ...     assert 2 * number == number + number
    >>> doubling_is_adding, doubling_is_adding.sentence
    (X1-doubling_is_adding, 'Doubling a number MUST be adding it to itself.')
    >>> doubling_is_adding.check(object())
    """
    return lambda statement: Property(clause_id, statement, cases, black_box, sweeps)
