"""What published studies say of a claim: votes counted by a rule that was set before the counting.

**The rule.** A study has one vote on a claim, whatever the number of its outcomes: agrees 0, mixed ½, against 1.
*Against* is an effect that the study reports (by its own test) where the claim has none, none where the claim has one,
or the opposite one; *mixed* is both in one study, by arm, place, time or outcome. A study that is setting for a claim,
or that could not have told, has no vote; nor has a study whose result was not seen. The share against is the
mean of the votes. With fewer than three votes (`FEWEST`), or with none but studies at high risk of bias, nothing can
be said. A share of at most a quarter: the studies agree with the claim. At least three quarters: they contradict it.
Anything between: they disagree with each other.

**Why so.** A quarter lets one in four studies stand out, as it would by chance or by place, without calling the field
divided. Directions are counted and not sizes, since few abstracts give a size with its error. Counting votes is crude:
it misses small effects in small studies, and publication favours effects. So the same count is made for randomised
trials only, for studies at low risk of bias only, for published articles only, and with one vote per team.

**A claim of what the literature as a whole says** (a consensus, convincing evidence) is contradicted by a literature
that disagrees with itself, but only when the main count and every one of those four that can be decided says so.
"""
