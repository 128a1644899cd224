package simauth

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // NTLM prescribes it
	"crypto/rc4" //nolint:gosec // NTLM prescribes it
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/md4" //nolint:gosec,staticcheck // NTLM prescribes it
)

var (
	errWrongPassword    = errors.New("proof does not match the password")
	errWrongMIC         = errors.New("message integrity code does not match")
	errBindingMissing   = errors.New("no channel binding token")
	errBindingMismatch  = errors.New("channel binding token names another certificate")
	errBindingPlainHTTP = errors.New("channel binding is required but the connection is not TLS")
)

// handshake is what one connection has exchanged before the client's answer.
type handshake struct {
	nonce                [8]byte
	negotiate, challenge []byte
}

// verify checks the client's proof, and its message integrity code where it announces one, against the password ([MS-NLMP] 3.3.2 and 3.2.5.1.2).
func (h *handshake) verify(a *authenticate, password string) error {
	key := ntowf(a.user, a.domain, password)
	proof := hmacMD5(key, h.nonce[:], a.answer)
	if !hmac.Equal(proof, a.proof) {
		return errWrongPassword
	}
	if a.mic == nil {
		return nil
	}
	session := hmacMD5(key, proof)
	if a.flags&flagKeyExchange != 0 {
		cipher, err := rc4.NewCipher(session) //nolint:gosec // NTLM prescribes it
		if err != nil {
			return fmt.Errorf("derive session key: %w", err)
		}
		exported := make([]byte, len(a.sessionKey))
		cipher.XORKeyStream(exported, a.sessionKey)
		session = exported
	}
	unsigned := bytes.Clone(a.raw)
	clear(unsigned[micOffset : micOffset+micLength])
	if !hmac.Equal(hmacMD5(session, h.negotiate, h.challenge, unsigned), a.mic) {
		return errWrongMIC
	}
	return nil
}

// ntowf is the NTLMv2 key of an account. The domain counts as the client typed it.
func ntowf(user, domain, password string) []byte {
	hash := md4.New() //nolint:gosec // NTLM prescribes it
	hash.Write(utf16le(password))
	return hmacMD5(hash.Sum(nil), utf16le(strings.ToUpper(user)+domain))
}

func hmacMD5(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(md5.New, key)
	for _, p := range parts {
		mac.Write(p)
	}
	return mac.Sum(nil)
}

// checkBinding compares the channel binding token of an answer with the server's own certificate. A token that is absent or all zero passes unless one is
// required, as with the setting "Allow" of Windows Extended Protection.
func checkBinding(a *authenticate, leaf *x509.Certificate, isTLS, required bool) error {
	token := a.pairs[avBinding]
	if required && !isTLS {
		return errBindingPlainHTTP
	}
	if len(bytes.Trim(token, "\x00")) == 0 {
		if required {
			return errBindingMissing
		}
		return nil
	}
	if !isTLS || leaf == nil {
		if required {
			return errBindingMismatch
		}
		return nil
	}
	if !hmac.Equal(token, bindingToken(leaf)) {
		return errBindingMismatch
	}
	return nil
}

// bindingToken is the MD5 of the GSS channel bindings with tls-server-end-point of the certificate (RFC 5929 section 4).
func bindingToken(leaf *x509.Certificate) []byte {
	const prefix = "tls-server-end-point:"
	data := append([]byte(prefix), endPointHash(leaf)...)
	b := make([]byte, 16, 20+len(data))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data))) //nolint:gosec // at most 85 bytes
	b = append(b, data...)
	sum := md5.Sum(b) //nolint:gosec // NTLM prescribes it
	return sum[:]
}

// endPointHash hashes the certificate with the hash of its signature, and with SHA-256 where that is MD5, SHA-1 or none.
func endPointHash(leaf *x509.Certificate) []byte {
	switch leaf.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		sum := sha512.Sum384(leaf.Raw)
		return sum[:]
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		sum := sha512.Sum512(leaf.Raw)
		return sum[:]
	default:
		sum := sha256.Sum256(leaf.Raw)
		return sum[:]
	}
}
