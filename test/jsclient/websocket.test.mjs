// The official JavaScript WebSocketClient against a running server; see users.test.mjs.

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, before, describe, it} from 'node:test';

import {adminName, adminPassword, password, signedIn} from './kit.mjs';
import {Line} from './line.mjs';

describe('the websocket', {timeout: 60_000}, () => {
    const tag = `w${randomBytes(4).toString('hex')}`;
    let admin;
    let asAmy;
    let amy;
    let line;

    before(async () => {
        admin = await signedIn(adminName, adminPassword);
        amy = await admin.createUser({username: `${tag}amy`, email: `${tag}amy@example.com`, password});
        asAmy = await signedIn(amy.username);
        line = new Line(asAmy.getToken());
        await line.first;
    });

    after(() => line?.socket.close());

    it('says hello', async () => {
        const hello = await line.event('hello');
        assert.equal(hello.seq, 0);
        assert.equal(hello.broadcast.user_id, amy.id);
        assert.match(hello.data.connection_id, /^[a-z0-9]{26}$/);
    });

    it('tells that one is online', async () => {
        const change = await line.event('status_change');
        assert.deepEqual(change.data, {status: 'online', user_id: amy.id});
    });

    it('takes a token shown after connecting', async () => {
        const other = new Line(asAmy.getToken(), false);
        assert.equal((await other.event('hello')).broadcast.user_id, amy.id);
        other.socket.close();
    });

    it('answers actions', async () => {
        const statuses = await new Promise((resolve) => line.socket.getStatusesByIds([amy.id], resolve));
        assert.equal(statuses.data[amy.id], 'online');
        const typing = await new Promise((resolve) => line.socket.userTyping('x', '', resolve));
        assert.equal(typing.error.id, 'api.websocket_handler.invalid_param.app_error');
    });

    it('tells what others change', async () => {
        const bob = await admin.createUser({username: `${tag}bob`, email: `${tag}bob@example.com`, password});
        await line.event('new_user', (message) => message.data.user_id === bob.id);
        await admin.patchUser({id: bob.id, nickname: 'Bobby'});
        await line.event('user_updated', (message) => message.data.user.id === bob.id && message.data.user.nickname === 'Bobby');
    });

    it('goes on where it was after the connection broke', async () => {
        const before = line.seen.length;
        const id = line.socket.connectionId;
        line.breakOff();
        const cat = await admin.createUser({username: `${tag}cat`, email: `${tag}cat@example.com`, password});
        await line.event('new_user', (message) => message.data.user_id === cat.id);
        await line.until(() => line.reconnects === 1);
        assert.equal(line.socket.connectionId, id);
        assert.equal(line.missed, 0);
        assert.ok(line.seen.length > before);
    });
});
