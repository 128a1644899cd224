package ews

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"testing"
)

// sampleChallenge is a type 2 message with two pairs of target info.
func sampleChallenge() []byte {
	info := []byte{2, 0, 4, 0, 'A', 0, 'B', 0, 7, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0}
	b := make([]byte, challengeHead+8)
	copy(b, "NTLMSSP\x00\x02")
	binary.LittleEndian.PutUint32(b[20:], 0xa2898205)
	binary.LittleEndian.PutUint16(b[offInfoLen:], uint16(len(info)))
	binary.LittleEndian.PutUint16(b[offInfoMax:], uint16(len(info)))
	binary.LittleEndian.PutUint32(b[offInfoOffset:], uint32(len(b)))
	return append(b, info...)
}

func TestBindChallenge_AddsThePairBeforeTheEnd(t *testing.T) {
	in := sampleChallenge()
	token := bytes.Repeat([]byte{9}, 16)
	out, err := bindChallenge(in, token)
	if err != nil {
		t.Fatal(err)
	}
	n := int(binary.LittleEndian.Uint16(out[offInfoLen:]))
	off := int(binary.LittleEndian.Uint32(out[offInfoOffset:]))
	want := append(append(append([]byte(nil), in[56:56+20]...), append([]byte{10, 0, 16, 0}, token...)...), 0, 0, 0, 0)
	if got := out[off : off+n]; !bytes.Equal(got, want) {
		t.Errorf("target info is %x, want %x", got, want)
	}
	if !bytes.Equal(in, sampleChallenge()) {
		t.Error("the challenge itself was changed")
	}
}

func TestEndpointBinding_HashesTheLeafAsRFC5929Says(t *testing.T) {
	leaf := &x509.Certificate{Raw: []byte("der"), SignatureAlgorithm: x509.SHA1WithRSA}
	sum := sha256.Sum256(leaf.Raw)
	data := append([]byte("tls-server-end-point:"), sum[:]...)
	st := append(make([]byte, 16), byte(len(data)), 0, 0, 0)
	want := md5.Sum(append(st, data...))
	if got := endpointBinding(leaf); !bytes.Equal(got, want[:]) {
		t.Errorf("binding is %x, want %x", got, want)
	}
	leaf.SignatureAlgorithm = x509.ECDSAWithSHA384
	if n := len(certificateHash(leaf)); n != 48 {
		t.Errorf("a SHA-384 certificate is hashed to %d bytes, want 48", n)
	}
}

func FuzzBindChallenge(f *testing.F) {
	f.Add(sampleChallenge())
	f.Add([]byte("NTLMSSP\x00\x02"))
	f.Fuzz(func(t *testing.T, b []byte) {
		out, err := bindChallenge(b, make([]byte, 16))
		if err == nil && len(out) < len(b) {
			t.Errorf("challenge shrank from %d to %d bytes", len(b), len(out))
		}
		// What the library makes of it is its affair, but it must not panic on what was built here.
		_, _ = authenticateMessage(schemeNTLM, b, "user", "secret", &x509.Certificate{Raw: []byte("x")})
	})
}
