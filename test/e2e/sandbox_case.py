"""What the boto3 suites share: clients of both accounts, policies, and refusals by code, status and words."""
import json
import os
import unittest
import urllib.request

import boto3
import botocore.config
import botocore.exceptions

SOURCE, TARGET = '111111111111', '222222222222'
FAST = botocore.config.Config(retries={'max_attempts': 0}, parameter_validation=False)
ENDPOINT = os.environ['AWS_ENDPOINT_URL']


# Sessions keep the service models that they have loaded.
SESSIONS = {name: boto3.Session(profile_name=name) for name in ('source', 'target')}


def client(service, profile='target', **keys):
    return SESSIONS[profile].client(service, region_name='us-east-1', endpoint_url=ENDPOINT, config=FAST, **keys)


def with_keys(service, credentials):
    return client(service, aws_access_key_id=credentials['AccessKeyId'], aws_secret_access_key=credentials['SecretAccessKey'],
                  aws_session_token=credentials.get('SessionToken'))


def control(name, body):
    request = urllib.request.Request(f'{ENDPOINT}/_xacct/{name}', json.dumps(body).encode(), method='POST')
    return json.load(urllib.request.urlopen(request))


def document(*statements):
    return json.dumps({'Version': '2012-10-17', 'Statement': list(statements)})


def allow(action, resource='*', **more):
    return document({'Effect': 'Allow', 'Action': action, 'Resource': resource, **more})


def trust(principal=None, action='sts:AssumeRole', **more):
    return document({'Effect': 'Allow', 'Principal': principal or {'AWS': SOURCE}, 'Action': action, **more})


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        control('reset', {})
        self.iam, self.sts = client('iam'), client('sts')
        self.source_iam, self.source = client('iam', 'source'), client('sts', 'source')

    def refused(self, code, status, call, *words, **parameters):
        """The wire's code, the HTTP status and words of the message."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        error = caught.exception.response
        self.assertEqual((error['Error']['Code'], error['ResponseMetadata']['HTTPStatusCode']), (code, status), error['Error'])
        for word in words:
            self.assertIn(word, error['Error']['Message'])
        self.assertRegex(error['ResponseMetadata']['RequestId'], r'^[0-9a-f-]{36}$')
        return error['Error']

    def user(self, name='bob', policy=None, **more):
        self.source_iam.create_user(UserName=name, **more)
        if policy:
            self.source_iam.put_user_policy(UserName=name, PolicyName='p', PolicyDocument=policy)
        return self.source_iam.create_access_key(UserName=name)['AccessKey']

    def role(self, name='role', document=None, **more):
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document or trust(), **more)['Role']

    def assume(self, name='role', caller=None, **more):
        return (caller or self.source).assume_role(RoleArn=f'arn:aws:iam::{TARGET}:role/{name}', RoleSessionName='sess', **more)
