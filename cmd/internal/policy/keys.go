package policy

// Kind is what a setting holds.
type Kind int

// The kinds.
const (
	Text   Kind = iota // text; one of Key.Choices where there are any
	Switch             // true or false
	Number             // a whole number
	List               // texts
)

// String says what is expected.
func (k Kind) String() string {
	switch k {
	case Switch:
		return "true or false"
	case Number:
		return "a whole number"
	case List:
		return "a list of texts"
	case Text:
	}
	return "text"
}

// Key is a setting that a policy can fix.
type Key struct {
	Name    string // as in an office.toml: section, dot, key
	Kind    Kind
	Choices []string // the words that a Text can be; nil: any text
	Help    string
	Default string // what holds where nobody says anything; empty: nothing
}

// Keys are all of them, in the order of an office.toml. What is not here belongs to the office alone: its people and
// their addresses, its name in marks, and the activity types, which are looked up in Severa.
func Keys() []Key {
	directions := []string{"two_way", "publish", "collect"}
	private := []string{"auto", "full", "busy_only", "not_at_all"}
	return []Key{
		{"zone", Text, nil, "The time zone of the office, an IANA name such as Europe/Helsinki.", ""},

		{"exchange.url", Text, nil, "The address of the Exchange web service.", ""},
		{"exchange.domain", Text, nil, "The domain of the account that signs in to Exchange.", ""},
		{"exchange.user", Text, nil, "The account that signs in to Exchange.", ""},
		{"exchange.auth", Text, []string{"ntlm", "basic"}, "How it signs in.", "ntlm"},
		{"exchange.access", Text, []string{"impersonation", "delegate"}, "By which right it works in people's mailboxes.", "impersonation"},
		{"exchange.version", Text, []string{"2007", "2010", "2013", "2016", "2019", "se"}, "The generation of the server; found out where it is not given.", "found out"},
		{"exchange.ca_file", Text, nil, "A PEM file of a private certificate authority.", ""},
		{"exchange.pin_sha256", Text, nil, "The SHA-256 fingerprint of the one certificate to trust.", ""},
		{"exchange.legacy_tls", Switch, nil, "Allow TLS 1.0 and its ciphers. False forbids it.", "false"},
		{"exchange.plain", Switch, nil, "Allow signing in over http to another machine. False forbids it.", "false"},
		{"exchange.group", Text, nil, "The group that the account's right ends at; the administrator's script and the handover sheet name it.", ""},
		{"exchange.oab_url", Text, nil, "The address of the offline address book; the handover sheet names it.", ""},

		{"severa.url", Text, nil, "The address of Severa's REST interface.", "https://api.severa.visma.com/rest-api"},
		{"severa.client_id", Text, nil, "The client id from Severa's settings.", ""},
		{"severa.ca_file", Text, nil, "A PEM file of a private certificate authority.", ""},
		{"severa.pin_sha256", Text, nil, "The SHA-256 fingerprint of the one certificate to trust.", ""},

		{"network.proxy", Text, nil, "The way to both systems: system, none, the address of a proxy such as http://proxy.example.com:8080, or that of a script such as pac+http://proxy.example.com/proxy.pac.", "system"},
		{"network.proxy_user", Text, nil, "The user who signs in to the proxy that network.proxy names. The password is typed at each PC and kept in its keyring.", ""},
		{"network.no_proxy", List, nil, "Hosts, domains and networks that are reached without a proxy.", ""},

		{"people.everyone", Switch, nil, "Keep everybody in step who is in both systems with the same address.", "false"},
		{"people.guests", Switch, nil, "Write into mailboxes of people who are not switched on, too: what they share with somebody who is.", "false"},

		{"rules.winner", Text, []string{"by_field", "severa", "exchange", "ask"}, "Which side is right when both have changed.", "by_field"},
		{"rules.direction", Text, directions, "Which way entries go.", "two_way"},
		{"rules.deleted", Text, []string{"ask", "keep_changed"}, "What happens to an entry that one side deleted and the other changed.", "ask"},
		{"rules.send_meeting_requests", Switch, nil, "Mail people outside the office about changes to the meetings they were called to. False forbids it.", "false"},
		{"rules.days_back", Number, nil, "How many days back are kept in step.", "30"},
		{"rules.days_ahead", Number, nil, "How many days ahead are kept in step.", "180"},
		{"rules.every", Text, nil, "How often changes are looked for, such as 30s.", "30s"},
		{"rules.promise", Text, nil, "How old the last complete sync may become before it is a trouble, such as 15m.", "15m"},
		{"rules.limits.delete_floor", Number, nil, "Safety stop: so few deletions are never a mass deletion.", "5"},
		{"rules.limits.delete_percent", Number, nil, "Safety stop: deletions in one run, in percent of the entries.", "10"},
		{"rules.limits.delete_run", Number, nil, "Safety stop: deletions in one run.", "50"},
		{"rules.limits.delete_day", Number, nil, "Safety stop: deletions within 24 hours.", "50"},
		{"rules.limits.shrink_percent", Number, nil, "Safety stop: how much of a calendar may vanish at once, in percent.", "50"},
		{"rules.limits.shift_floor", Number, nil, "Safety stop: so few moved entries are never a shifted calendar.", "10"},
		{"rules.limits.shift_percent", Number, nil, "Safety stop: entries moved by the same hours, in percent.", "80"},
		{"rules.limits.create_floor", Number, nil, "Safety stop: so few new entries are never a mass creation.", "50"},
		{"rules.limits.create_percent", Number, nil, "Safety stop: new entries in one run, in percent of the entries.", "50"},

		{"private.to_severa", Text, private, "What Severa gets of private Exchange entries.", "auto"},
		{"private.to_exchange", Text, private, "What Exchange gets of private Severa entries.", "auto"},

		{"screen.show_subjects", Switch, nil, "Show subjects and places of everybody. False shows only one's own.", "false"},

		{"filter.categories", List, nil, "Exchange categories whose entries stay out of Severa.", ""},
		{"filter.only_categories", List, nil, "The only Exchange categories whose entries go to Severa.", ""},
		{"filter.show_as", List, nil, "Exchange entries shown as one of these stay out of Severa: free, tentative, busy, out_of_office, elsewhere.", ""},
		{"filter.all_day", Switch, nil, "Keep whole days out of Severa.", "false"},
		{"filter.subjects", List, nil, "Subjects, or patterns with *, that stay out of Severa.", ""},

		{"updates.check", Switch, nil, "Look once a day whether there is a newer version, and tell. False forbids it. Nothing is ever installed.", "false"},
		{"updates.url", Text, nil, "The https address that tells the newest version.", ""},
	}
}

func keyNamed(name string) (Key, bool) {
	for _, k := range Keys() {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}
