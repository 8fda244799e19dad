"""Passwords that guessers try first (常用密码), built from the habits people follow rather than kept as a list.

Every entry is lower case. Habits: a word or a name with digits behind it, walks over the keyboard, numbers that
sound like words (5201314 我爱你一生一世), repetitions, and an initial with a run of digits. Dates are a rule of
passwords.py.
"""

from functools import lru_cache
from itertools import product

# What stands in front: English favourites, Chinese pinyin phrases and surnames, words of this very product.
_WORDS = """
password passwd pass pwd passw0rd p@ssw0rd p@ssword admin administrator root user guest test tester demo login welcome
hello letmein master super superman batman dragon monkey shadow sunshine princess football baseball basketball iloveyou
loveyou lovely love qwerty qwert qwer asdf asdfgh zxcv zxcvbn abc abcd abcde abcdef aaa aaaa xxx zzz abcabc secret
changeme default system manager office service server oracle mysql postgres huawei xiaomi lenovo google baidu tencent
alibaba taobao weixin wechat china beijing shanghai guangzhou shenzhen hangzhou chengdu wuhan nanjing tianjin chongqing
zhejiang jiangsu guangdong sichuan hunan hubei henan shandong fujian woaini woaini1314 woaiwojia woaizhongguo woaibaobao
wodemima mima mimamima nihao nihaoma zhongguo zhonghua renmin fuwu gongwuyuan zuzhibu renshi dangan lantai
baobao baobei laopo laogong mama baba tiankong tianshi xiaoxin xiaolong feifei tiantian kuaile xingfu pingan jiankang
wang wangwei wangfang wangjun wanglei wangyang li liwei lijun lina lijie zhang zhangwei zhangjun zhangmin zhangjing
liu liuyang liuwei liujie chen chenwei chenjie chenjing yang yangyang yangjie huang zhao zhaowei wu wuwei zhou zhouwei
xu sun ma zhu hu guo he lin linlin gao luo zheng liang xie song tang deng han feng cao peng zeng xiao tian dong pan
yuan cai jiang yu du ye cheng wei lu ding shen ren yao jin jiajia jingjing lili weiwei mingming longlong xiaoming
"""

# Numbers that are read as words, and runs that the thumb finds by itself.
_NUMBERS = """
1314 520 521 5201314 5211314 1314520 1314521 7758258 7758521 147258 147258369 258369 369258147 159357 159753 168168 666
6666 66666 666666 6666666 66666666 888 8888 88888 888888 8888888 88888888 999 9999 999999 99999999 000 000000 00000000
111 111111 11111111 1111111111 222222 333333 555555 777777 12 123 1234 12345 123456 1234567 12345678 123456789
1234567890 0123456789 123123 123123123 112233 11223344 1122334455 121212 12121212 123321 123454321 1234321 12344321
110 119 100200 010203 01020304 102030 10203040 654321 7654321 87654321 987654321 0987654321 9876543210 98765432
1qaz 100200300 456789 789456123 741852963 963852741 852456 456456 789789 1357924680 2468013579 24681012 13579 135790
1 01 00 007
"""

_ENDINGS = """
! !! @ # . a aa abc 1a @123 @1234 @123456 !@# #123 _123 123! 123. 1234! 123456! 123a 123abc 123qwe @2024 @2025 @2026
"""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROWS = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
_COLUMNS = "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol"
_WEAVES = """
1q2w3e 1q2w3e4r 1q2w3e4r5t q1w2e3 q1w2e3r4 q1w2e3r4t5 a1b2c3 a1b2c3d4 1a2b3c4d 1qaz@wsx !qaz2wsx !qaz@wsx 1qazxsw2
zaq12wsx qazwsx qazwsxedc qwe123!@#
"""
_STARS = "!@#$%^&*()"
SHORTEST = 6  # characters: shorter ones are refused by length already


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """All of them, some eighty thousand, lower case, of SHORTEST characters or more. Built once in 60 ms."""
    words, numbers, endings = _WORDS.split(), _NUMBERS.split(), ["", *_ENDINGS.split()]
    entries = {w + n for w, n in product(words, (*endings, *numbers, *_years()))}
    entries |= {n + w for n, w in product(("123", "1234", "123456", "520", "1314"), words)}
    entries |= {n + e for n, e in product(numbers, (*endings, *_LETTERS))}
    entries |= {i + n for i, n in product(_initials(), numbers)}
    entries |= set(_walks()) | set(_repetitions())
    return frozenset(entry for entry in entries if len(entry) >= SHORTEST)


def _years() -> list[str]:
    return [str(year) for year in range(1950, 2031)]


def _initials() -> list[str]:
    """One to three letters of a name before the digits: a123456, zw123456, abc123."""
    pairs = [a + b for a, b in product("wlzcyhxsgmftdj", _LETTERS)]
    return [*_LETTERS, *(x + x for x in _LETTERS), *pairs, "aaa", "abc", "qwe", "asd", "zxc"]


def _walks() -> list[str]:
    """Stretches of keyboard rows and columns, each way, alone and with a row of digits."""
    lines = [*_ROWS, *(row[:length] for row in _ROWS for length in (3, 4, 5, 6)), _COLUMNS, _STARS]
    stretches = [line[i:j] for line in lines for i in range(len(line)) for j in range(i + 3, len(line) + 1)]
    both_ways = {*stretches, *(stretch[::-1] for stretch in stretches)}
    starts = [row[:length] for row in _ROWS for length in (3, 4, 5, 6)]
    joined = {a + b for a, b in product(starts, starts)} | {
        "".join(row[:n] for row in _ROWS[1:]) for n in (3, 4, 5)
    }
    return [*both_ways, *joined, *_WEAVES.split()]


def _repetitions() -> list[str]:
    """One character, or two or three in turn, again and again up to sixteen characters."""
    units = [*"0123456789", *_LETTERS, "ab", "abc", "12", "123", "1234", "qwe", "asd", "no", "ha", "abcd"]
    return [(unit * 16)[:length] for unit in units for length in range(SHORTEST, 17)]
