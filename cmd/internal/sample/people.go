package sample

import (
	"fmt"
	"strings"
)

// Person works at the office.
type Person struct {
	First, Last string
	Email       string
	Account     string // of his mailbox, without the domain
	Password    string
	Zone        string // IANA
	windows     string // the same zone as Exchange names it
	guid        string // in Severa
}

// Name is the full name.
func (p Person) Name() string { return p.First + " " + p.Last }

const mailDomain = "office.test"

var (
	firstNames = []string{
		"Anna", "Björn", "Femke", "Jürgen", "Päivi", "Åsa", "Joost", "Käthe", "Mikko", "René",
		"Sanna", "Göran", "Lieke", "Jörg", "Hély", "Aino", "Märta", "Daan", "Ute", "Väinö",
	}
	lastNames = []string{
		"Virtanen", "Åkesson", "de Vries", "Müller", "Mäkelä", "Sjöström", "van den Berg", "Weiß", "Hämäläinen", "Lindén",
		"Korhonen", "Öberg", "Jansen", "Schäfer", "Nyström", "Järvinen", "Ångström", "Bakker", "Köhler", "Lehtonen",
	}
	// zoneOf goes with the first five names' countries: Finland, Sweden, the
	// Netherlands, Germany, Finland.
	zoneOf = [][2]string{
		{"Europe/Helsinki", "FLE Standard Time"},
		{"Europe/Stockholm", "W. Europe Standard Time"},
		{"Europe/Amsterdam", "W. Europe Standard Time"},
		{"Europe/Berlin", "W. Europe Standard Time"},
		{"Europe/Helsinki", "FLE Standard Time"},
	}
)

// people are the first n people of the office; every twenty of them have the
// first names of the twenty before with other last names.
func people(n int) []Person {
	out := make([]Person, n)
	for i := range out {
		round := i / len(firstNames)
		p := Person{First: firstNames[i%len(firstNames)], Last: lastNames[(i+round)%len(lastNames)]}
		p.Account = ascii(p.First) + "." + ascii(p.Last)
		if round >= len(lastNames) {
			p.Account += fmt.Sprint(round)
		}
		p.Email = p.Account + "@" + mailDomain
		p.Password = fmt.Sprintf("Kalenteri-%03d", i+1)
		zone := zoneOf[i%len(zoneOf)]
		p.Zone, p.windows = zone[0], zone[1]
		out[i] = p
	}
	return out
}

func ascii(s string) string {
	return strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "ü", "u", "é", "e", "ß", "ss", " ", "").Replace(strings.ToLower(s))
}

// guests are people from outside who are invited now and then.
var guests = []struct{ name, address string }{
	{"Émile Dupré", "emile.dupre@client.example"},
	{"Kirsi Öhman", "kirsi.ohman@client.example"},
	{"Sören Bäck", "soren.back@partner.example"},
	{"Anneke Visser", "anneke.visser@partner.example"},
}

// Texts of the entries.
var (
	titles = []string{
		"Viikkopalaveri", "Projektin seuranta", "Määrittelytyöpaja", "Lähetyskeskustelu", "Koodikatselmointi",
		"Kickoff-möte", "Avstämning med kund", "Säljgenomgång", "Årsplanering", "Övergång till nytt system",
		"Voortgangsoverleg", "Kennismaking met klant", "Sprint-evaluatie", "Begroting doornemen", "Coördinatie team",
		"Besprechung mit Müller", "Angebot prüfen", "Übergabe an den Kunden", "Schulung für Anfänger", "Jahresgespräch",
		"Café-möte & lunch", "Budjetti 2. vuosineljännes", "Résumé des Projekts", "Kundenbesuch in Jyväskylä", "Työnjako <luonnos>",
	}
	privateTitles = []string{"Hammaslääkäri", "Läkarbesök", "Tandarts", "Elternabend", "Päiväkodin juhla"}
	dayTitles     = []string{"Kesäloma", "Semester", "Vakantiedag", "Urlaub", "Messu Göteborg"}
	taskTitles    = []string{"Dokumentaatio valmiiksi", "Testfälle schreiben", "Rapport sammanställs", "Handleiding bijwerken"}
	places        = []string{"", "Neuvotteluhuone Sälen", "Huone 3.14", "Konferenzraum Köln", "Vergaderzaal België", "Teams", "Café Åäö"}
	notes         = []string{
		"", "", "Mukaan: kannettava ja hyvä mieli.", "Agenda:\n1. läget\n2. nästa steg\n3. övrigt",
		"Bitte Zahlen bis Freitag prüfen – größere Änderungen vorher melden.", "Neem het rapport mee; koffie is geregeld.",
	}
)
