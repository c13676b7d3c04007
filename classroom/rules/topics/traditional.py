"""Traditional characters that folding leaves as they are and the judge reads as simplified ones, one for one.

Names keep them, or they are Cantonese; beside them stand only words for which that changes nothing. From
TSCharacters.txt of OpenCC (https://github.com/BYVoid/OpenCC, Apache License 2.0), and what Cantonese writes.
"""

from __future__ import annotations

ALSO_SIMPLIFIED = dict(
    zip(
        "乾佢俾冇剋吒咗哋啲喺嘅夥徵捱摺於榘甯苧菸薹醣麴麽",
        "干他给没克咤了们些在的伙征挨折于矩宁苎烟苔糖曲么",
        strict=True,
    )
)
"""Each one's simplified character, for what `classroom.folding` has folded."""
