"""Which edition of the finding rules (敏感信息规则) this is: pages that were read under an older one are searched anew.

Raise REVISION with every change of what findings.survey() finds or doubts, and of the kinds that are covered.
"""

REVISION = 4  # 0 stands for pages that were read before the rules were counted
