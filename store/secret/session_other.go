//go:build !linux

package secret

import "github.com/zalando/go-keyring"

func (system) Get(service, user string) (string, error) {
	if err := reach(); err != nil {
		return "", err
	}
	return keyring.Get(service, user)
}

func (system) Set(service, user, password string) error {
	if err := reach(); err != nil {
		return err
	}
	return keyring.Set(service, user, password)
}
