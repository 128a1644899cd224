package model

import (
	"net/url"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// ExchangeTested is what a test of the connection to Exchange came to, line by
// line: what failed, and what could therefore not be tried.
func ExchangeTested(r localapi.TestResult, d localapi.DraftExchange) []Checked {
	var out []Checked
	if c := r.Certificate; c != nil {
		out = append(out, certificateChecked(*c))
	}
	out = append(out, answered(r, "Exchange", generationLine(r))...)
	signed := r.Trouble == nil
	switch {
	case signed:
		out = append(out, Checked{CheckPassed, say.T("Signed in as {{.Who}}", "Who", d.User), signInWay(d.Auth)})
	case r.Trouble.Kind == "auth":
		out = append(out, Checked{CheckFailed, say.T("Exchange refuses user and password"), triesLeft(r.Tries)})
	default:
		out = append(out, Checked{CheckNotRun, say.T("Sign-in"), say.T("Runs once Exchange answers")})
	}
	if m := r.Mailbox; m != nil {
		out = append(out, mailboxChecked(*m))
	}
	return out
}

// SeveraTested is the same of Severa.
func SeveraTested(r localapi.TestResult) []Checked {
	var out []Checked
	if c := r.Certificate; c != nil {
		out = append(out, certificateChecked(*c))
	}
	out = append(out, answered(r, "Severa", "")...)
	switch {
	case r.Trouble == nil:
		who := say.T("Signed in")
		if r.Organisation != "" {
			who = say.T("Signed in to {{.Organisation}}", "Organisation", r.Organisation)
		}
		out = append(out, Checked{State: CheckPassed, Title: who})
		n := 0
		for _, t := range r.Types {
			if t.Active {
				n++
			}
		}
		if n == 0 {
			return append(out, Checked{CheckWarned, say.T("No activity types"), say.T("Without one no entry can be written to Severa. Make one there.")})
		}
		out = append(out, Checked{CheckPassed, say.T("Activities can be read"), say.N("{{.N}} activity type", "{{.N}} activity types", n)})
	case r.Trouble.Kind == "auth":
		out = append(out, Checked{CheckFailed, say.T("Severa refuses client id and secret"), triesLeft(r.Tries)})
	case r.Trouble.Kind == "scope_missing":
		a := WindowTrouble(*r.Trouble)
		out = append(out, Checked{CheckPassed, say.T("Signed in"), ""}, Checked{CheckFailed, a.What, a.Do})
	default:
		out = append(out, Checked{CheckNotRun, say.T("Sign-in"), say.T("Runs once Severa answers")})
	}
	return out
}

// answered tells whether a system answers at all.
func answered(r localapi.TestResult, system, what string) []Checked {
	t := r.Trouble
	if t == nil || t.Kind == "auth" || t.Kind == "scope_missing" {
		note := what
		if r.Milliseconds > 0 {
			took := say.T("in {{.N}} ms", "N", r.Milliseconds)
			if note == "" {
				note = took
			} else {
				note += ", " + took
			}
		}
		return []Checked{{CheckPassed, say.T("{{.System}} answers", "System", system), note}}
	}
	if t.Kind == "certificate" && r.Certificate != nil {
		return []Checked{{CheckNotRun, say.T("{{.System}} answers", "System", system), say.T("Runs once the certificate is trusted")}}
	}
	a := WindowTrouble(*t)
	return []Checked{{CheckFailed, a.What, a.Do}}
}

func certificateChecked(c localapi.Certificate) Checked {
	if c.Trusted {
		return Checked{CheckPassed, say.T("Certificate trusted"), say.T("Valid until {{.Date}}", "Date", day(c.NotAfter))}
	}
	return Checked{CheckFailed, untrusted(c), CertificateWhy(c.Why)}
}

// untrusted is what is wrong with a certificate, in short.
func untrusted(c localapi.Certificate) string {
	if c.Why == localapi.CertificateOther {
		return say.T("The certificate has changed")
	}
	return say.T("The certificate is not trusted")
}

// CertificateQuestion is what a person is asked about a certificate.
type CertificateQuestion struct {
	Title, Text, Do string
	// Stop: another one was trusted before, so this may be somebody who listens.
	Stop bool
}

// CertificateQuestionOf asks about the certificate that a system shows.
func CertificateQuestionOf(c localapi.Certificate, system string) CertificateQuestion {
	if c.Why == localapi.CertificateOther {
		return CertificateQuestion{
			Title: say.T("The certificate has changed"), Stop: true, Do: say.T("It was renewed: trust this one"),
			Text: say.T("Stop: {{.System}} shows another certificate than the one that was trusted, so nothing was sent. If nobody has renewed it, somebody may be listening. Ask who administers the server whether it was renewed, have the new fingerprint read out to you, and compare.", "System", system),
		}
	}
	return CertificateQuestion{
		Title: say.T("Trust this certificate?"), Do: say.T("Trust this certificate"),
		Text: say.T("Nobody vouches for the certificate that {{.System}} shows. Ask who administers the server to read the fingerprint out to you, and compare.", "System", system),
	}
}

// CertificateWhy is what speaks against a certificate.
func CertificateWhy(why string) string {
	switch why {
	case localapi.CertificateUnknown:
		return say.T("Nobody whom this computer knows vouches for it.")
	case localapi.CertificateName:
		return say.T("It was made for another server's name.")
	case localapi.CertificateDates:
		return say.T("It has run out, or is not valid yet.")
	case localapi.CertificateOther:
		return say.T("It is not the one that you trusted before. Ask the administrator whether it was renewed.")
	}
	return say.T("It is not valid.")
}

// CertificateFacts are what a person compares before he trusts a certificate.
// before is the fingerprint of the one that was trusted until now; empty: none was.
func CertificateFacts(c localapi.Certificate, before string) []SheetLine {
	out := []SheetLine{
		{say.T("Issued to"), c.Subject, false},
		{say.T("Issued by"), c.Issuer, false},
		{say.T("Valid"), say.T("{{.From}} to {{.Until}}", "From", day(c.NotBefore), "Until", day(c.NotAfter)), false},
		{say.T("Fingerprint (SHA-256)"), Fingerprint(c.FingerprintSHA256), true},
	}
	if before != "" && before != c.FingerprintSHA256 {
		out = append(out, SheetLine{say.T("Fingerprint that was trusted"), Fingerprint(before), true})
	}
	return out
}

// SheetLine is a name and what it stands for.
type SheetLine struct {
	Name, Value string
	// Code is read out letter by letter.
	Code bool
}

// Fingerprint is a fingerprint as people read it out: pairs, sixteen a line.
func Fingerprint(hex string) string {
	hex = strings.ToUpper(strings.ReplaceAll(hex, ":", ""))
	var b strings.Builder
	for i := 0; i < len(hex); i += 2 {
		switch {
		case i == 0:
		case i%32 == 0:
			b.WriteString("\n")
		default:
			b.WriteString(" ")
		}
		b.WriteString(hex[i:min(i+2, len(hex))])
	}
	return b.String()
}

// day is a day with its year, which matters where it is far away.
func day(t time.Time) string { return date(t.UTC(), time.Time{}) }

func generationLine(r localapi.TestResult) string {
	name := GenerationName(r.Generation)
	switch {
	case name == "" && r.Version == "":
		return ""
	case name == "":
		return say.T("build {{.Build}}", "Build", r.Version)
	case r.Version == "":
		return name
	}
	return say.T("{{.Name}}, build {{.Build}}", "Name", name, "Build", r.Version)
}

// Generations are the versions of Exchange that can be chosen, the empty one
// first: it is found out.
func Generations() []string { return []string{"", "2007", "2010", "2013", "2016", "2019", "se"} }

// GenerationName is what people call a version of Exchange.
func GenerationName(g string) string {
	switch g {
	case "":
		return ""
	case "se":
		return "Exchange Server SE"
	}
	return "Exchange Server " + g
}

func signInWay(auth string) string {
	if auth == "basic" {
		return say.T("With Basic, which sends the password with every request")
	}
	return say.T("With NTLM")
}

func triesLeft(n int) string {
	switch {
	case n > 0:
		return say.N("Check both. It is tried once more, so that the account is not locked.",
			"Check both. It is tried {{.N}} more times, so that the account is not locked.", n)
	default:
		return say.T("It is not tried again before you type another one, so that the account is not locked.")
	}
}

func mailboxChecked(m localapi.MailboxProbe) Checked {
	if m.OK {
		return Checked{CheckPassed, say.T("The account may act for {{.Address}}", "Address", m.Address), say.T("Its calendar was opened")}
	}
	switch kindOf(m.Trouble) {
	case "not_found":
		return Checked{CheckFailed, say.T("There is no mailbox with this address"), m.Address + "\n" + say.T("Check the address, or try another one.")}
	case "forbidden":
		return Checked{CheckFailed, say.T("The account may not act for this colleague yet"), m.Address + "\n" + say.T("The next page writes the script for it.")}
	}
	if m.Trouble == nil {
		return Checked{CheckNotRun, say.T("Acting for {{.Address}}", "Address", m.Address), ""}
	}
	a := WindowTrouble(*m.Trouble)
	return Checked{CheckFailed, a.What, a.Do}
}

func kindOf(t *localapi.Trouble) string {
	if t == nil {
		return ""
	}
	return t.Kind
}

// ExchangeToTest is what the test of Exchange would try, before it has.
func ExchangeToTest() []Checked {
	return []Checked{
		{CheckNotRun, say.T("Certificate trusted"), ""},
		{CheckNotRun, say.T("{{.System}} answers", "System", "Exchange"), ""},
		{CheckNotRun, say.T("Sign-in"), ""},
	}
}

// SeveraToTest is what the test of Severa would try, before it has.
func SeveraToTest() []Checked {
	return []Checked{
		{CheckNotRun, say.T("{{.System}} answers", "System", "Severa"), ""},
		{CheckNotRun, say.T("Sign-in"), ""},
		{CheckNotRun, say.T("Activities can be read"), ""},
	}
}

// Testing is what is shown while a test runs.
func Testing(system string) []Checked {
	return []Checked{{CheckNotRun, say.T("Testing the connection to {{.System}}", "System", system), say.T("This may take up to a minute.")}}
}

// EWSAddress completes what a person typed as the address of Exchange: the name
// of the server alone is enough.
func EWSAddress(typed string) string {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return ""
	}
	full := typed
	if !strings.Contains(full, "://") {
		full = "https://" + full
	}
	u, err := url.Parse(full)
	if err != nil || u.Host == "" {
		return typed
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/EWS/Exchange.asmx"
	}
	return u.String()
}

// SplitUser takes DOMAIN\user apart, as people write it.
func SplitUser(typed string) (domain, user string) {
	typed = strings.TrimSpace(typed)
	if d, u, ok := strings.Cut(typed, `\`); ok {
		return d, u
	}
	return "", typed
}

// systemInWindow is the system that a trouble names.
func systemInWindow(side string) string {
	switch side {
	case event.Business.String():
		return "Severa"
	case event.Exchange.String():
		return "Exchange"
	}
	return say.T("The server")
}

// VersionNames are the choices of Generations.
func VersionNames() []string {
	var out []string
	for _, g := range Generations() {
		if g == "" {
			out = append(out, say.T("Find out"))
		} else {
			out = append(out, GenerationName(g))
		}
	}
	return out
}

// VersionFound is the choice to find the version out, once it has been.
func VersionFound(g string) string {
	return say.T("{{.Version}} (detected)", "Version", GenerationName(g))
}

// Auths are the ways to sign in to Exchange, the usual one first.
func Auths() []string { return []string{"", "basic"} }

// AuthNames are the choices of Auths.
func AuthNames() []string { return []string{say.T("NTLM, as Windows does"), say.T("Basic")} }

// Accesses are the ways to other people's calendars, the usual one first.
func Accesses() []string { return []string{"", "delegate"} }

// AccessNames are the choices of Accesses.
func AccessNames() []string {
	return []string{say.T("Acting for the person (impersonation)"), say.T("Full access to the mailbox (delegate)")}
}

// IndexOf is the place of a word; of one that is none, the first.
func IndexOf(words []string, word string) int {
	for i, w := range words {
		if w == word {
			return i
		}
	}
	return 0
}
