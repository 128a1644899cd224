package ews

import (
	"crypto/md5" //nolint:gosec // the channel binding hash of RFC 4121 section 4.1.1.2 is MD5 by definition
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	ntlmssp "github.com/Azure/go-ntlmssp"
)

// negotiateMessage is the type 1 message, ready for a header of that scheme.
func negotiateMessage(scheme string) (string, error) {
	b, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return "", fmt.Errorf("build ntlm negotiate message: %w", err)
	}
	return scheme + " " + base64.StdEncoding.EncodeToString(b), nil
}

// authenticateMessage is the type 3 message. leaf is the server's certificate for the channel binding, nil for none.
func authenticateMessage(scheme string, challenge []byte, account string, secret Password, leaf *x509.Certificate) (string, error) {
	if leaf != nil {
		bound, err := bindChallenge(challenge, endpointBinding(leaf))
		if err != nil {
			return "", err
		}
		challenge = bound
	}
	b, err := ntlmssp.NewAuthenticateMessage(challenge, account, string(secret), nil)
	if err != nil {
		return "", fmt.Errorf("build ntlm authenticate message: %w", err)
	}
	return scheme + " " + base64.StdEncoding.EncodeToString(b), nil
}

const (
	schemeNTLM      = "NTLM"
	schemeNegotiate = "Negotiate"
)

// challengeOf finds the type 2 message in a 401 answer.
func challengeOf(h http.Header) ([]byte, error) {
	for _, line := range h.Values("WWW-Authenticate") {
		for _, part := range strings.Split(line, ",") {
			scheme, blob, ok := strings.Cut(strings.TrimSpace(part), " ")
			if !ok || !strings.EqualFold(scheme, schemeNTLM) && !strings.EqualFold(scheme, schemeNegotiate) {
				continue
			}
			b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(blob))
			if err != nil {
				return nil, fmt.Errorf("read ntlm challenge: %w", err)
			}
			return b, nil
		}
	}
	return nil, errNoChallenge
}

var errNoChallenge = errors.New("read ntlm challenge: the server sent none")

// schemes lists what a 401 answer offers, for the error text.
func schemes(h http.Header) string {
	var out []string
	for _, line := range h.Values("WWW-Authenticate") {
		for _, part := range strings.Split(line, ",") {
			name, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			if name != "" && !strings.Contains(name, "=") {
				out = append(out, name)
			}
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", ")
}

// endpointBinding is the tls-server-end-point binding of RFC 5929 section 4.1, hashed as MsvAvChannelBindings wants it ([MS-NLMP] 2.2.2.1):
// the MD5 of a gss_channel_bindings_struct without addresses.
func endpointBinding(leaf *x509.Certificate) []byte {
	data := append([]byte("tls-server-end-point:"), certificateHash(leaf)...)
	st := make([]byte, 16, 20+len(data))
	st = binary.LittleEndian.AppendUint32(st, uint32(len(data))) //nolint:gosec // under 100 bytes
	st = append(st, data...)
	sum := md5.Sum(st) //nolint:gosec // see the import
	return sum[:]
}

// certificateHash hashes with the certificate's own signature hash; MD5 and SHA-1 are replaced by SHA-256.
func certificateHash(leaf *x509.Certificate) []byte {
	is := func(algorithms ...x509.SignatureAlgorithm) bool {
		return slices.Contains(algorithms, leaf.SignatureAlgorithm)
	}
	if is(x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS) {
		sum := sha512.Sum384(leaf.Raw)
		return sum[:]
	}
	if is(x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS) {
		sum := sha512.Sum512(leaf.Raw)
		return sum[:]
	}
	sum := sha256.Sum256(leaf.Raw)
	return sum[:]
}

// Offsets in a CHALLENGE message, [MS-NLMP] 2.2.1.2.
const (
	offInfoLen    = 40
	offInfoMax    = 42
	offInfoOffset = 44
	challengeHead = 48

	avEOL             = 0
	avChannelBindings = 10
)

// bindChallenge returns the challenge with MsvAvChannelBindings added to its target info. The authenticate message copies the target info into
// what it signs, which is how the client names the certificate that it sees.
func bindChallenge(challenge, token []byte) ([]byte, error) {
	if len(challenge) < challengeHead {
		return nil, errors.New("read ntlm challenge: it is too short")
	}
	length := int(binary.LittleEndian.Uint16(challenge[offInfoLen:]))
	offset := int(binary.LittleEndian.Uint32(challenge[offInfoOffset:]))
	if length == 0 {
		return challenge, nil
	}
	if offset < 0 || offset > len(challenge) || length > len(challenge)-offset {
		return nil, errors.New("read ntlm challenge: target info lies outside the message")
	}
	info := challenge[offset : offset+length]
	end := -1
	for i := 0; i+4 <= len(info); {
		id, n := binary.LittleEndian.Uint16(info[i:]), int(binary.LittleEndian.Uint16(info[i+2:]))
		if id == avEOL {
			end = i
			break
		}
		i += 4 + n
	}
	if end < 0 {
		return nil, errors.New("read ntlm challenge: target info has no end")
	}
	grown := make([]byte, 0, end+8+len(token))
	grown = append(grown, info[:end]...)
	grown = binary.LittleEndian.AppendUint16(grown, avChannelBindings)
	grown = binary.LittleEndian.AppendUint16(grown, uint16(len(token))) //nolint:gosec // 16 bytes
	grown = append(grown, token...)
	grown = append(grown, 0, 0, 0, 0)
	if len(grown) > 0xFFFF {
		return nil, errors.New("read ntlm challenge: target info is too long")
	}
	out := append(append([]byte(nil), challenge...), grown...)
	binary.LittleEndian.PutUint16(out[offInfoLen:], uint16(len(grown)))        //nolint:gosec // checked above
	binary.LittleEndian.PutUint16(out[offInfoMax:], uint16(len(grown)))        //nolint:gosec // checked above
	binary.LittleEndian.PutUint32(out[offInfoOffset:], uint32(len(challenge))) //nolint:gosec // a header line
	return out, nil
}
