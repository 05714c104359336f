"""Small programs for mutations that no authored example offers a place for."""

from curator.records.example import Example
from tests.conftest import make_example

CLONED = """
fn signer(mut lettre: String) -> String {
    lettre.push_str(" -- Inès");
    lettre
}

fn main() {
    let brouillon = String::from("À demain.");
    let lettre = signer(brouillon.clone());
    println!("{brouillon} devient {lettre}");
}
"""

CONSTANT = """
const DEVISE: &str = "Lentement mais sûrement";

fn main() {
    println!("{}", DEVISE.len());
}
"""

REFERENCES = """
fn main() {
    let poids: [u32; 3] = [12, 40, 7];
    let mut total = 0.0;
    for p in &poids {
        total += *p as f64;
    }
    println!("{total}");
}
"""

ALIKE = """
fn saluer(nom: &str) -> String {
    format!("Bonjour, {nom}")
}

fn saluer_tard(nom: &str) -> String {
    format!("Bonsoir, {nom}")
}

fn main() {
    println!("{} {}", saluer("Ada"), saluer_tard("Léa"));
}
"""

NTH = """
fn main() {
    let mot = "sureau";
    println!("{:?}", mot.chars().nth(2));
}
"""

PATTERNS = """
struct Train {
    nom: String,
    voie: u8,
    retard: u32,
}

enum Signal {
    Vert,
    Limite(u32, u8),
}

fn annonce(train: &Train, signal: &Signal) -> u32 {
    let Train { nom, retard: minutes, .. } = train;
    for essai in 1..=3 {
        println!("{essai}. {nom} : {minutes} min");
    }
    match signal {
        Signal::Vert => 0,
        Signal::Limite(vitesse, _) => *vitesse,
    }
}

fn main() {
    let train = Train { nom: String::from("Aubrac"), voie: 3, retard: 4 };
    println!("{} {}", annonce(&train, &Signal::Vert), train.voie);
    println!("{}", annonce(&train, &Signal::Limite(80, 2)));
}
"""

EVERYDAY = """
mod outils {
    pub fn moitie(n: u32) -> u32 {
        n / 2
    }
}

struct Duree {
    minutes: u32,
}

impl Duree {
    fn nouvelle(heures: u32, minutes: u32) -> Duree {
        Duree { minutes: heures * 60 + minutes }
    }
}

fn montrer(duree: &Duree) {
    println!("{} min", duree.minutes);
}

fn montrer_paire(paire: (u32, u32)) {
    println!("{} et {}", paire.0, paire.1);
}

fn main() {
    let essais = 2;
    println!("{essais}");
    let noms: Vec<String> = vec![String::from("Ida")];
    if !noms.is_empty() {
        println!("{}", noms.len());
    }
    let ville = "Brest";
    let copie = ville.to_string();
    println!("{copie}");
    montrer(&Duree::nouvelle(1, outils::moitie(90)));
    montrer_paire((1, 2));
}
"""

FAILING = """
fn verifier(age: &str) -> Result<(), std::num::ParseIntError> {
    let age: u32 = age.parse()?;
    println!("{age} ans");
    Ok(())
}

fn main() {
    println!("{}", verifier("31").is_ok());
}
"""

WAITING = """
async fn degres(ville: String) -> i32 {
    ville.len() as i32
}

#[tokio::main]
async fn main() {
    let ressenti = degres(String::from("Dakar")).await - 2;
    let nom = String::from("Hanoï");
    let tache = tokio::spawn(async move { degres(nom.clone()).await });
    println!("{ressenti} {}", tache.await.unwrap());
}
"""

RECURSIVE = """
use futures::executor::block_on;

async fn factorielle(n: u64) -> u64 {
    if n == 0 { 1 } else { n * Box::pin(factorielle(n - 1)).await }
}

fn main() {
    println!("{}", block_on(factorielle(5)));
}
"""

THREADS = """
use std::thread;

fn main() {
    let mesures = vec![18.5, 21.0, 19.5];
    let total: f64 = thread::scope(|portee| {
        let calcul = portee.spawn(|| mesures.iter().sum());
        calcul.join().unwrap()
    });
    println!("{mesures:?} : {total}");
}
"""

FIELDS = """
struct Saisie {
    brouillon: String,
    auteur: Option<String>,
}

impl Saisie {
    fn envoyer(&mut self) -> String {
        std::mem::take(&mut self.brouillon)
    }

    fn est_de(&self, nom: &str) -> bool {
        self.auteur.as_deref().is_some_and(|a| a == nom)
    }
}

fn main() {
    let mut saisie = Saisie { brouillon: String::from("À demain"), auteur: None };
    println!("{} {}", saisie.envoyer(), saisie.est_de("Léa"));
}
"""

HALVES = """
fn main() {
    let mut notes = vec![12, 9, 17, 14];
    let (debut, fin) = notes.split_at_mut(2);
    debut[0] += fin[0];
    println!("{notes:?}");
}
"""

SIZES = """
use std::fmt::Display;
use std::marker::PhantomData;

struct Id<T> {
    numero: u32,
    genre: PhantomData<T>,
}

struct Musique;

fn encadrer<T: Display + ?Sized>(valeur: &T) -> String {
    format!("[{valeur}]")
}

fn main() {
    let id = Id::<Musique> { numero: 8, genre: PhantomData };
    println!("{} {}", encadrer("kora"), id.numero);
}
"""

BOXED = """
use std::fmt::Display;

fn ranger<T: Display + 'static>(valeur: T) -> Box<dyn Display> {
    Box::new(valeur)
}

fn main() {
    println!("{}", ranger(3));
}
"""

CHAINED = """
struct Page {
    precedente: Option<Box<Page>>,
}
"""

TESTED = """
fn double(nombre: u32) -> u32 {
    nombre * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn des_nombres() {
        assert_eq!(double(0), 0);
        assert_eq!(double(4), 8);
        assert_eq!(double(7), 14);
    }
}
"""

PROGRAMS: tuple[str, ...] = (
    *(CLONED, CONSTANT, REFERENCES, NTH, ALIKE),
    *(PATTERNS, EVERYDAY, FAILING),
    *(WAITING, RECURSIVE, THREADS, FIELDS, HALVES, SIZES, BOXED, CHAINED, TESTED),
)


def example_with(code: str) -> Example:
    """An example whose answer holds a program."""
    return make_example(answer=f"## Solution\n```rust\n{code.strip()}\n```\n")
