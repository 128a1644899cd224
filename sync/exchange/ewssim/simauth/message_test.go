package simauth

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/Azure/go-ntlmssp"
	"github.com/google/go-cmp/cmp"
)

func sampleChallenge(asked uint32) []byte {
	t := target{domain: "OFFICE", computer: "MAIL", dnsDomain: "office.test", dnsComputer: "mail.office.test"}
	return encodeChallenge(asked, [8]byte{1, 2, 3, 4, 5, 6, 7, 8}, t, time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC))
}

func TestDecodeAuthenticate_ReadsWhatALibraryWrites(t *testing.T) {
	for _, tt := range []struct{ name, domain, user string }{
		{`OFFICE\svc`, "OFFICE", "svc"},
		{"svc@office.test", "", "svc@office.test"},
		{"svc", "", "svc"},
		{`OFFICE\Åsa`, "OFFICE", "Åsa"},
	} {
		first, err := ntlmssp.NewNegotiateMessage("", "")
		if err != nil {
			t.Fatal(err)
		}
		asked, err := decodeNegotiate(first)
		if err != nil {
			t.Fatal(err)
		}
		message, err := ntlmssp.NewAuthenticateMessage(sampleChallenge(asked), tt.name, "pässword", nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := decodeAuthenticate(message)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{tt.domain, tt.user}, []string{a.domain, a.user}); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.name, diff)
		}
		hand := &handshake{nonce: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}}
		if err := hand.verify(a, "pässword"); err != nil {
			t.Errorf("%s: verify = %v, want nil", tt.name, err)
		}
		if got, want := string(a.pairs[avDNSComputer]), string(utf16le("mail.office.test")); got != want {
			t.Errorf("%s: server name in the answer = %q, want %q", tt.name, got, want)
		}
	}
}

func TestEncodeChallenge_AgreesOnlyToWhatWasAsked(t *testing.T) {
	for _, tt := range []struct {
		name             string
		asked, on, unset uint32
	}{
		{"unicode", flagUnicode | flagOEM, flagUnicode, flagOEM | flagKeyExchange | flagSeal},
		{"OEM only, as curl asks", flagOEM, flagOEM, flagUnicode},
		{"key exchange", flagUnicode | flagKeyExchange, flagKeyExchange, flagSign},
	} {
		b := sampleChallenge(tt.asked)
		flags := uint32(b[20]) | uint32(b[21])<<8 | uint32(b[22])<<16 | uint32(b[23])<<24
		if flags&tt.on != tt.on || flags&tt.unset != 0 || flags&flagTargetInfo == 0 {
			t.Errorf("%s: flags = %#x, want %#x set and %#x not", tt.name, flags, tt.on, tt.unset)
		}
	}
}

func TestDecode_NamesWhatIsWrong(t *testing.T) {
	whole := signed(t, &handshake{}, "secret")
	old := bytes.Clone(whole)
	old[20] = 24 // an NTLMv1 answer has 24 bytes
	far := bytes.Clone(whole)
	far[31], far[28] = 0xff, 4
	for _, tt := range []struct {
		name    string
		message []byte
		want    error
	}{
		{"empty", nil, errNotNTLM},
		{"SPNEGO", []byte("\x60\x82\x01\x00\x06\x06\x2b\x06\x01\x05\x05\x02"), errNotNTLM},
		{"signature alone", []byte(signature), errTruncated},
		{"a challenge", sampleChallenge(0), errWrongKind},
		{"cut", whole[:60], errTruncated},
		{"NTLMv1", old, errNTLMv1},
		{"field behind the end", append(far[:32], append([]byte{0xff, 0xff, 0, 0}, far[36:]...)...), errTruncated},
	} {
		if _, err := decodeAuthenticate(tt.message); !errors.Is(err, tt.want) {
			t.Errorf("%s: decodeAuthenticate = %v, want %v", tt.name, err, tt.want)
		}
	}
	if _, err := decodeNegotiate([]byte(signature + "\x01\x00\x00\x00")); !errors.Is(err, errTruncated) {
		t.Errorf("decodeNegotiate of a message without flags = %v, want %v", err, errTruncated)
	}
	if _, err := decodePairs([]byte{avDomain, 0, 0, 0}); !errors.Is(err, errAVUnclosed) {
		t.Errorf("decodePairs without an end = %v, want %v", err, errAVUnclosed)
	}
}

func FuzzDecode(f *testing.F) {
	first, err := ntlmssp.NewNegotiateMessage("OFFICE", "PC")
	if err != nil {
		f.Fatal(err)
	}
	third, err := ntlmssp.NewAuthenticateMessage(sampleChallenge(flagUnicode), `OFFICE\svc`, "secret", nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{first, third, third[:70], []byte(signature), nil} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := decodeNegotiate(b); err == nil && len(b) < 16 {
			t.Error("accepted a negotiate message without flags")
		}
		a, err := decodeAuthenticate(b)
		if err != nil {
			return
		}
		hand := &handshake{}
		if err := hand.verify(a, "a password that no message was made with"); err == nil {
			t.Error("a made-up message was taken for a sign-in")
		}
		if checkBinding(a, nil, true, true) == nil {
			t.Error("a binding token passed without a certificate")
		}
	})
}
