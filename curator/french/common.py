"""Words that say nothing by themselves: of any French text, and of any lesson on Rust."""

from curator.text.fold import fold

FUNCTION_WORDS = frozenset(
    fold(
        """le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre
        nos votre vos leur leurs je tu il elle on nous vous ils elles me te se en qui que quoi dont
        où ceci cela ça celui celle ceux tout tous toute toutes chaque aucun aucune autre autres
        même mêmes est es suis sont était être été ai as avons avez ont avait avoir fait font peut
        peuvent pouvez doit doivent faut ne pas plus moins jamais ni dans sur sous avec sans pour
        par vers chez entre contre depuis pendant avant après hors selon et ou mais donc car puis
        quand comme si lorsque puisque alors ainsi ici là très trop aussi encore déjà toujours
        seulement oui non deux trois qu l d c j m n s t y à a"""
    ).split()
)
# In every lesson; the words of the glossary and of any French text are left out besides.
OF_EVERY_LESSON = """
main println print format vec string str option result some none self clone iter into from new push
len unwrap std collections hashmap fmt debug derive impl assert assert_eq test argument bibliotheque
bloc champ code compilateur compile compiler condition crate declaration donnee exemple explication
expression instruction langage lecture ligne liste memoire message methode module nombre note objet
operation partie passer point possible principal programme question reference regle renvoie
resultat retour rust rustc serait signature simple solution texte type utile variable version
premier premiere chose juste mieux plutot prendre devant lors
"""
