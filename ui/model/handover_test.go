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
		"mail.example.com", "https, port 443; through the proxy p:8080 (the environment)", "api.example.com",
	} {
		if !strings.Contains(page.String(), want) || !strings.Contains(text.String(), want) {
			t.Errorf("%q is in the page: %v, in the text: %v", want, strings.Contains(page.String(), want), strings.Contains(text.String(), want))
		}
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
	h.Exchange.Version = "2007"
	text.Reset()
	if err := HandoverText(&text, h); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "Exchange 2007 does not throttle") {
		t.Error("2007 is told of a policy that it has not")
	}
}
