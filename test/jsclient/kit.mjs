// What the tests of the client share.

import assert from 'node:assert/strict';

import mattermost from '@mattermost/client'; // CommonJS whose names Node cannot see

const {Client4, ClientError} = mattermost;

const url = setting('MUSTER_URL').replace(/\/+$/, '');

export const adminName = setting('MUSTER_ADMIN');
export const adminPassword = setting('MUSTER_ADMIN_PASSWORD');
export const password = 'Passw0rd-1';
export const unknownID = 'ybndrfg8ejkmcpqxot1uwisza3';
export const expired = [401, 'api.context.session_expired.app_error'];
export const forbidden = [403, 'api.context.permissions.app_error'];

function setting(name) {
    const value = process.env[name];
    if (!value) {
        throw new Error(`${name} is not set`);
    }
    return value;
}

export function newClient() {
    const client = new Client4();
    client.setUrl(url);
    return client;
}

export async function signedIn(name, secret = password) {
    const client = newClient();
    await client.login(name, secret);
    return client;
}

// refused waits for an error with this status and id.
export async function refused(call, [status, id]) {
    await assert.rejects(call, (error) => {
        assert.ok(error instanceof ClientError, `${error}`);
        assert.deepEqual([error.status_code, error.server_error_id], [status, id]);
        assert.ok(error.message, 'the error has no message');
        return true;
    });
}

// ask calls an operation the client has no function for, in the client's way.
export function ask(client, method, path, body) {
    return client.doFetch(`${client.getBaseRoute()}${path}`, {method, body: body && JSON.stringify(body)});
}
