package simauth

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The values are the NTLMv2 example of [MS-NLMP] 4.2.4.
func TestVerify_AgreesWithPublishedExample(t *testing.T) {
	info := append([]byte{avDomain, 0, 12, 0}, utf16le("Domain")...)
	info = append(info, avComputer, 0, 12, 0)
	info = append(info, utf16le("Server")...)
	info = append(info, 0, 0, 0, 0)
	answer := append([]byte{1, 1, 0, 0, 0, 0, 0, 0}, make([]byte, 8)...)
	answer = append(answer, bytes.Repeat([]byte{0xaa}, 8)...)
	answer = append(answer, 0, 0, 0, 0)
	answer = append(answer, info...)
	answer = append(answer, 0, 0, 0, 0)
	hand := &handshake{nonce: [8]byte(unhex(t, "0123456789abcdef"))}
	a := &authenticate{domain: "Domain", user: "User", answer: answer, proof: unhex(t, "68cd0ab851e51c96aabc927bebef6a1c")}

	if err := hand.verify(a, "Password"); err != nil {
		t.Errorf("verify with the right password = %v, want nil", err)
	}
	if err := hand.verify(a, "password"); !errors.Is(err, errWrongPassword) {
		t.Errorf("verify with a wrong password = %v, want %v", err, errWrongPassword)
	}
	hand.nonce[0]++
	if err := hand.verify(a, "Password"); !errors.Is(err, errWrongPassword) {
		t.Errorf("verify of an answer to another challenge = %v, want %v", err, errWrongPassword)
	}
}

// signed returns a complete AUTHENTICATE message as a Windows client sends it: with key exchange and a message integrity code.
func signed(t *testing.T, hand *handshake, password string) []byte {
	t.Helper()
	avs := append([]byte{avFlags, 0, 4, 0, avFlagMIC, 0, 0, 0}, 0, 0, 0, 0)
	answer := append([]byte{1, 1, 0, 0, 0, 0, 0, 0}, make([]byte, 20)...)
	answer = append(answer, avs...)
	user := utf16le("svc")
	const header = micOffset + micLength
	nt := append(make([]byte, proofLen), answer...)
	b := make([]byte, header)
	copy(b, signature)
	b[8] = kindAuthenticate
	putField(b, 20, len(nt), header)
	putField(b, 36, len(user), header+len(nt))
	binary.LittleEndian.PutUint32(b[60:], flagUnicode)
	b = append(append(b, nt...), user...)

	key := ntowf("svc", "", password)
	proof := hmacMD5(key, hand.nonce[:], answer)
	copy(b[header:], proof)
	copy(b[micOffset:], hmacMD5(hmacMD5(key, proof), hand.negotiate, hand.challenge, b))
	return b
}

func TestVerify_ChecksIntegrityCodeWhereAnnounced(t *testing.T) {
	hand := &handshake{nonce: [8]byte{1, 2, 3}, negotiate: []byte("first message"), challenge: []byte("second message")}
	message := signed(t, hand, "secret")
	a, err := decodeAuthenticate(message)
	if err != nil {
		t.Fatal(err)
	}
	if err := hand.verify(a, "secret"); err != nil {
		t.Errorf("verify = %v, want nil", err)
	}
	tampered := *hand
	tampered.negotiate = []byte("another first message")
	if err := tampered.verify(a, "secret"); !errors.Is(err, errWrongMIC) {
		t.Errorf("verify after the first message was changed = %v, want %v", err, errWrongMIC)
	}
}

func TestCheckBinding_ComparesTokenWithLeaf(t *testing.T) {
	leaf := &x509.Certificate{Raw: []byte("the server's certificate"), SignatureAlgorithm: x509.SHA256WithRSA}
	other := &x509.Certificate{Raw: []byte("a proxy's certificate"), SignatureAlgorithm: x509.SHA256WithRSA}
	good, wrong := bindingToken(leaf), bindingToken(other)
	tests := []struct {
		name           string
		token          []byte
		isTLS, require bool
		want           error
	}{
		{"absent, allowed", nil, true, false, nil},
		{"absent, required", nil, true, true, errBindingMissing},
		{"zero counts as absent", make([]byte, 16), true, true, errBindingMissing},
		{"right, required", good, true, true, nil},
		{"wrong, required", wrong, true, true, errBindingMismatch},
		{"wrong is refused even when none is required", wrong, true, false, errBindingMismatch},
		{"required on plain HTTP", good, false, true, errBindingPlainHTTP},
		{"given on plain HTTP", good, false, false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &authenticate{pairs: map[uint16][]byte{avBinding: tt.token}}
			if got := checkBinding(a, leaf, tt.isTLS, tt.require); !errors.Is(got, tt.want) {
				t.Errorf("checkBinding = %v, want %v", got, tt.want)
			}
		})
	}
	if err := checkBinding(&authenticate{pairs: map[uint16][]byte{avBinding: good}}, nil, true, true); !errors.Is(err, errBindingMismatch) {
		t.Errorf("checkBinding without a certificate to compare with = %v, want %v", err, errBindingMismatch)
	}
}

func TestEndPointHash_FollowsSignatureButNeverBelowSHA256(t *testing.T) {
	for algorithm, want := range map[x509.SignatureAlgorithm]int{
		x509.SHA1WithRSA: 32, x509.MD5WithRSA: 32, x509.ECDSAWithSHA256: 32, x509.PureEd25519: 32, x509.SHA384WithRSA: 48, x509.ECDSAWithSHA512: 64,
	} {
		if got := len(endPointHash(&x509.Certificate{Raw: []byte("x"), SignatureAlgorithm: algorithm})); got != want {
			t.Errorf("hash of a certificate signed with %v has %d bytes, want %d", algorithm, got, want)
		}
	}
}
