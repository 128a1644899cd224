package model

import (
	"strings"
	"testing"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
)

// aSetup is an office whose every text tries to be something else.
func aSetup() localapi.Handover {
	const evil = "<script>alert('x')</script>"
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	return localapi.Handover{
		Made: at, Version: "0.1.0", PC: evil, Home: evil, Zone: "Europe/Helsinki", Examined: at,
		Exchange: localapi.HandoverSystem{
			URL: "https://mail.example.com/EWS/Exchange.asmx", Account: evil, Product: "Exchange 2019", Build: "15.2.1544", LegacyTLS: true,
			Group: "Pilot O'Brien", OABURL: "https://mail.example.com/OAB/0c1a313f/",
			Route:       "through the proxy p:8080 (the environment)",
			Certificate: &doctor.Certificate{Subject: evil, Issuer: evil, From: at, Until: at.AddDate(1, 0, 0), SHA256: strings.Repeat("ab", 32)},
		},
		Business: localapi.HandoverSystem{URL: "https://api.example.com", Account: "client", PinSHA256: "AA:BB"},
		Rules:    localapi.HandoverRules{Direction: "two_way", DaysBack: 30, DaysAhead: 180, EverySeconds: 300, ToBusiness: "auto", ToExchange: "full"},
		People: []localapi.Person{
			{Name: evil, Address: "anna@example.com", Addresses: map[string]string{"business": "anna@example.com"}, Enabled: true},
			{Name: "Bert", Address: "bert@example.com", OptedOut: true},
		},
		Rights: &localapi.Script{About: "about the rights", Check: "Get-Rights", Undo: "Remove-Rights"},
		Room:   &localapi.Script{About: "about the room", Check: "Get-Room", Undo: "Remove-Room"},
	}
}

func TestHandover_TellsTheSetupAndHowToRevokeIt(t *testing.T) {
	var page, text strings.Builder
	if err := HandoverHTML(&page, aSetup()); err != nil {
		t.Fatal(err)
	}
	if err := HandoverText(&text, aSetup()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"https://mail.example.com/EWS/Exchange.asmx", "Exchange 2019 15.2.1544", "AB:AB:AB", "2026-11-28 to 2027-11-28", "AA:BB", "TLS 1.0 is allowed",
		"about the rights", "about the room", "Get-Rights", "Remove-Rights", "Remove-Room", "30 back and 180 ahead", "every 5 minutes",
		"2 people are known, 1 of them kept in step", "wants to be left out", "both ways",
		"Offline address book (OAB)", "https://mail.example.com/OAB/0c1a313f/", "Pilot group",
		"mail.example.com", "https, port 443; through the proxy p:8080 (the environment)", "api.example.com",
	} {
		if !strings.Contains(page.String(), want) || !strings.Contains(text.String(), want) {
			t.Errorf("%q is in the page: %v, in the text: %v", want, strings.Contains(page.String(), want), strings.Contains(text.String(), want))
		}
	}
	if !strings.Contains(text.String(), "Pilot group: Pilot O'Brien\n") || !strings.Contains(page.String(), "<tr><th>Pilot group</th><td>Pilot O&#39;Brien</td></tr>") {
		t.Error("the pilot group is not named, or not by its name alone")
	}
	for _, never := range []string{"<script", "src=", "<link", "@import", "url("} {
		if strings.Contains(page.String(), never) {
			t.Errorf("the page holds %q: it must need nothing besides and run nothing", never)
		}
	}
	if !strings.Contains(page.String(), "@media print") {
		t.Error("the page says nothing about printing")
	}
}

func TestHandover_TextKeepsItsLinesShort(t *testing.T) {
	var text strings.Builder
	if err := HandoverText(&text, aSetup()); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if n := len([]rune(strings.TrimSpace(line))); n > 100 && strings.Contains(strings.TrimSpace(line[40:]), " ") {
			t.Errorf("a line of %d letters: %q", n, line)
		}
	}
	if got, want := folded("Name:  "+strings.Repeat("word ", 20)+"end", "       "), "Name:  "+strings.Repeat("word ", 16)+"word\n       word word word end\n"; got != want {
		t.Errorf("folded %q, want %q", got, want)
	}
}

func TestHandover_SaysWhatItDoesNotKnow(t *testing.T) {
	h := aSetup()
	h.Rights, h.Room, h.Exchange.Product, h.Exchange.Build, h.Exchange.Certificate = nil, nil, "", "", nil
	var text strings.Builder
	if err := HandoverText(&text, h); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Which script fits is not known", "Which policy fits is not known", "not known yet; the doctor", "not looked at yet: lockstepctl doctor"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the sheet does not say %q:\n%s", want, text.String())
		}
	}
	if strings.Contains(text.String(), "OAB): not known") {
		t.Error("an address book that the settings name is not known")
	}
	h.Exchange.OABURL, h.Exchange.Group, h.Exchange.Version = "", "", "2019"
	text.Reset()
	if err := HandoverText(&text, h); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Pilot group: none: the right is given for each of the people below.", "(OAB): not known: lockstepctl discover", "Nobody has been chosen yet, so there is no script"} {
		if !strings.Contains(strings.Join(strings.Fields(text.String()), " "), want) {
			t.Errorf("the sheet does not say %q:\n%s", want, text.String())
		}
	}
	h.Exchange.Version = "2007"
	text.Reset()
	if err := HandoverText(&text, h); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "Exchange 2007 does not throttle") {
		t.Error("2007 is told of a policy that it has not")
	}
}

// TestHandover_OfASetupUnderWaySaysWhatIsNotKnownYet: the sheet is asked for in
// the middle of the setup, when the administrator is to act on it.
func TestHandover_OfASetupUnderWaySaysWhatIsNotKnownYet(t *testing.T) {
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	h := localapi.Handover{
		Made: at, Version: "0.1.0", Draft: true, Zone: "Europe/Helsinki",
		Exchange: localapi.HandoverSystem{
			URL: "https://mail.example.com/EWS/Exchange.asmx", Account: `OFFICE\svc`, Product: "Exchange 2019", Build: "15.2.1544",
			Tested: at, TestOK: true, TestedWith: "anna@example.com",
		},
		Business: localapi.HandoverSystem{URL: "https://api.example.com"},
		Rules:    localapi.HandoverRules{Direction: "two_way", DaysBack: 30, DaysAhead: 180, EverySeconds: 300, ToBusiness: "auto", ToExchange: "auto"},
	}
	var page, text strings.Builder
	if err := HandoverHTML(&page, h); err != nil {
		t.Fatal(err)
	}
	if err := HandoverText(&text, h); err != nil {
		t.Fatal(err)
	}
	plain := strings.Join(strings.Fields(text.String()), " ")
	for _, want := range []string{
		"what is being set up here", "The setup is not finished.", "Exchange 2019 15.2.1544", "signed in on 28 November 2026 12:00",
		"anna@example.com: the account may not work in this calendar yet", "Nobody has been chosen yet.", "disable the account OFFICE\\svc",
		"delete the client that was made for Lockstep.",
	} {
		if !strings.Contains(page.String(), want) || !strings.Contains(plain, want) {
			t.Errorf("%q is in the page: %v, in the text: %v", want, strings.Contains(page.String(), want), strings.Contains(plain, want))
		}
	}
	for _, want := range []string{"Client id: not known yet", "Tested: not yet"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the sheet does not say %q:\n%s", want, text.String())
		}
	}
	h.Draft, h.People = false, aSetup().People
	text.Reset()
	if err := HandoverText(&text, h); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "not finished") || strings.Contains(text.String(), "Tested: not yet") {
		t.Errorf("a setup that is in effect is told as one that is under way:\n%s", text.String())
	}
}
