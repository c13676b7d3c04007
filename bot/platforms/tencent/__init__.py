"""What WeChat's channels share: callbacks that are locked, lines that keep secrets, tokens, limits.

No platform itself; wecom/ and official_account/ stand on it. wechatpy is imported when one of them opens.
"""
