package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"
	ss "github.com/zalando/go-keyring/secret_service"
)

// go-keyring hands secrets over in plain text, which every program that watches
// the session's bus can read. What is read and kept here goes over a session
// whose secrets are encrypted; see
// https://specifications.freedesktop.org/secret-service-spec/latest/transfer-secrets.html

const (
	secretsBus   = "org.freedesktop.secrets"
	secretsPath  = "/org/freedesktop/secrets"
	openSession  = "org.freedesktop.Secret.Service.OpenSession"
	cipherSuite  = "dh-ietf1024-sha256-aes128-cbc-pkcs7"
	notSupported = "org.freedesktop.DBus.Error.NotSupported"
)

// oakley2 is the prime of the group that the suite names; its generator is 2.
var oakley2, _ = new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"+
	"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6"+
	"F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF", 16)

// busSession is a session with the service, and what its secrets are encrypted with.
type busSession struct {
	svc  *ss.SecretService
	path dbus.ObjectPath
	key  []byte
}

// errPlain says that the service has no encrypted sessions.
var errPlain = errors.New("the keyring knows no encrypted sessions")

func openPrivate() (*busSession, error) {
	svc, err := ss.NewSecretService()
	if err != nil {
		return nil, err
	}
	size := (oakley2.BitLen() + 7) / 8
	mine, err := rand.Int(rand.Reader, oakley2)
	if err != nil {
		return nil, err
	}
	public := new(big.Int).Exp(big.NewInt(2), mine, oakley2).FillBytes(make([]byte, size))
	var answer dbus.Variant
	p := &busSession{svc: svc}
	err = svc.Object(secretsBus, secretsPath).Call(openSession, 0, cipherSuite, dbus.MakeVariant(public)).Store(&answer, &p.path)
	if refused, ok := errors.AsType[dbus.Error](err); ok && refused.Name == notSupported {
		return nil, errPlain
	}
	if err != nil {
		return nil, err
	}
	theirs, ok := answer.Value().([]byte)
	if !ok {
		p.close()
		return nil, errPlain
	}
	shared := new(big.Int).Exp(new(big.Int).SetBytes(theirs), mine, oakley2).FillBytes(make([]byte, size))
	if p.key, err = hkdf.Key(sha256.New, shared, nil, "", aes.BlockSize); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *busSession) close() { _ = p.svc.Close(p.svc.Object(secretsBus, p.path)) }

// seal is a secret as it goes over the bus.
func (p *busSession) seal(text string) (ss.Secret, error) {
	block, err := aes.NewCipher(p.key)
	if err != nil {
		return ss.Secret{}, err
	}
	iv := make([]byte, aes.BlockSize)
	if _, err := rand.Read(iv); err != nil {
		return ss.Secret{}, err
	}
	pad := aes.BlockSize - len(text)%aes.BlockSize
	value := append([]byte(text), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(value, value)
	return ss.Secret{Session: p.path, Parameters: iv, Value: value, ContentType: "text/plain; charset=utf8"}, nil
}

// open is the text of a secret that came over the bus.
func (p *busSession) open(s *ss.Secret) (string, error) {
	block, err := aes.NewCipher(p.key)
	if err != nil {
		return "", err
	}
	n := len(s.Value)
	if len(s.Parameters) != aes.BlockSize || n == 0 || n%aes.BlockSize != 0 {
		return "", errors.New("the keyring hands over something that is no encrypted secret")
	}
	value := bytes.Clone(s.Value)
	cipher.NewCBCDecrypter(block, s.Parameters).CryptBlocks(value, value)
	pad := int(value[n-1])
	if pad == 0 || pad > aes.BlockSize || !bytes.Equal(value[n-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return "", errors.New("the keyring hands over a secret that cannot be decrypted")
	}
	return string(value[:n-pad]), nil
}

// place is how go-keyring names an entry, so that either finds the other's.
func place(service, user string) map[string]string {
	return map[string]string{"username": user, "service": service}
}

func (system) Get(service, user string) (string, error) {
	if err := reach(); err != nil {
		return "", err
	}
	p, err := openPrivate()
	if errors.Is(err, errPlain) {
		return keyring.Get(service, user)
	}
	if err != nil {
		return "", err
	}
	defer p.close()
	collection := p.svc.GetLoginCollection()
	if err := p.svc.Unlock(collection.Path()); err != nil {
		return "", err
	}
	found, err := p.svc.SearchItems(collection, place(service, user))
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", keyring.ErrNotFound
	}
	if err := p.svc.Unlock(found[0]); err != nil {
		return "", err
	}
	s, err := p.svc.GetSecret(found[0], p.path)
	if err != nil {
		return "", err
	}
	return p.open(s)
}

func (system) Set(service, user, password string) error {
	if err := reach(); err != nil {
		return err
	}
	p, err := openPrivate()
	if errors.Is(err, errPlain) {
		return keyring.Set(service, user, password)
	}
	if err != nil {
		return err
	}
	defer p.close()
	collection := p.svc.GetLoginCollection()
	if err := p.svc.Unlock(collection.Path()); err != nil {
		return err
	}
	s, err := p.seal(password)
	if err != nil {
		return err
	}
	return p.svc.CreateItem(collection, fmt.Sprintf("Password for '%s' on '%s'", user, service), place(service, user), s)
}
